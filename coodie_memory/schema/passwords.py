"""Passwords as they are kept: salted and hashed, though not in the server's bcrypt, which Python has not."""

from base64 import b64decode, b64encode
from hashlib import pbkdf2_hmac
from hmac import compare_digest

_SCHEME = "$pbkdf2-sha256$"
# Tests log in often, and nobody's secrets are here.
_ROUNDS = 100


def salted(password: str, salt: bytes) -> str:
    """The password's hash with its salt."""
    digest = pbkdf2_hmac("sha256", password.encode(), salt, _ROUNDS)
    return f"{_SCHEME}{b64encode(salt).decode()}${b64encode(digest).decode()}"


def is_right(password: str, salted_hash: str) -> bool:
    """Whether the hash is that of the password; one that came as HASHED PASSWORD fits none."""
    if not salted_hash.startswith(_SCHEME):
        return False
    salt = b64decode(salted_hash.removeprefix(_SCHEME).partition("$")[0])
    return compare_digest(salted(password, salt), salted_hash)
