"""Who may come in, and what the others are told."""

from pathlib import Path

import pytest

from coodie_memory.endpoint import Credentials, passwords
from coodie_memory.errors import AuthenticationFailed

CREDENTIALS = Credentials({"ann": "se:cret", "zoë": "pässword"})


@pytest.mark.parametrize("token", [b"\0ann\0se:cret", b"someone\0ann\0se:cret", "\0zoë\0pässword".encode()])
def test_name_and_password_let_in(token: bytes) -> None:
    """On whose behalf does not matter."""
    assert CREDENTIALS.check(token) in ("ann", "zoë")


@pytest.mark.parametrize(
    ("token", "words"),
    [
        (b"\0ann\0secret", "Provided username ann and/or password are incorrect"),
        (b"\0bob\0se:cret", "Provided username bob and/or password are incorrect"),
        (b"\0ann\0", "Password must not be null"),
        (b"", "Password must not be null"),
        (b"\0\0secret", "Authentication ID must not be null"),
        (b"ann\0secret", "Authentication ID must not be null"),
        (
            b"\0ann\0se\0cret",
            "Credential format error: username or password is empty or contains NUL(\\0) character",
        ),
    ],
)
def test_others_are_told_why_not(token: bytes, words: str) -> None:
    with pytest.raises(AuthenticationFailed) as refusal:
        CREDENTIALS.check(token)

    assert refusal.value.message == words


def test_a_file_has_a_line_for_each(tmp_path: Path) -> None:
    path = tmp_path / "passwords"
    path.write_text("# who\nann:se:cret\n\n  bob:x  \n")

    assert passwords(path) == {"ann": "se:cret", "bob": "x"}


@pytest.mark.parametrize("text", ["", "# nobody\n", "ann\n", "ann:\n", ":secret\n"])
def test_another_file_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "passwords"
    path.write_text(text)

    with pytest.raises(ValueError, match="name:password"):
        passwords(path)
