"""SASL PLAIN, the one way in that drivers know by default: a name and a password."""

from collections.abc import Mapping
from hmac import compare_digest
from pathlib import Path
from typing import Final

from coodie_memory.engine import Engine
from coodie_memory.errors import AuthenticationFailed
from coodie_memory.execution.roles import authenticate

CLASS_NAME: Final = "org.apache.cassandra.auth.PasswordAuthenticator"
"""What AUTHENTICATE names; drivers choose their way by it."""


class RoleCredentials:
    """The roles of the database may come in, and are asked for each statement whether they may do it."""

    are_roles: Final = True

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def check(self, token: bytes) -> str:
        """The role that a client has proved to be; `AuthenticationFailed` if it has not."""
        name, password = _decoded(token)
        authenticate(self._engine, name, password)
        return name


class Credentials:
    """Who may come in: passwords by name. Who is in may do everything."""

    are_roles: Final = False

    def __init__(self, passwords: Mapping[str, str]) -> None:
        self._passwords = dict(passwords)

    def check(self, token: bytes) -> str:
        """The name that a client has proved to be its own; `AuthenticationFailed` if it has not."""
        name, password = _decoded(token)
        expected = self._passwords.get(name)
        if expected is None or not compare_digest(expected.encode(), password.encode()):
            raise AuthenticationFailed(f"Provided username {name} and/or password are incorrect")
        return name


def passwords(path: Path) -> dict[str, str]:
    """What a file of `name:password` lines says; empty lines and those that start with # say nothing."""
    lines = [line.strip() for line in path.read_text().splitlines()]
    pairs = [line.partition(":") for line in lines if line and not line.startswith("#")]
    if not pairs or not all(name and password for name, _, password in pairs):
        raise ValueError("each line is to be name:password, and there is to be one")
    return {name: password for name, _, password in pairs}


def _decoded(token: bytes) -> tuple[str, str]:
    """Name and password of `[authorization id] NUL name NUL password`."""
    parts = token.split(b"\0")
    if len(parts) > 3:
        raise AuthenticationFailed(
            "Credential format error: username or password is empty or contains NUL(\\0) character"
        )
    if len(parts) < 2 or not parts[-1]:
        raise AuthenticationFailed("Password must not be null")
    if len(parts) < 3 or not parts[1]:
        raise AuthenticationFailed("Authentication ID must not be null")
    return parts[1].decode(errors="replace"), parts[2].decode(errors="replace")
