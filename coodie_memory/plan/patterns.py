"""The patterns of LIKE."""

import re
from collections.abc import Callable
from typing import NamedTuple


def likeness(pattern: bytes) -> Callable[[bytes], bool]:
    """What tells whether a text is like the pattern: `%` is any text, `_` any character.

    A backslash takes either, and itself, as it stands.
    """
    parts = re.findall(r"\\[%_\\]|.", pattern.decode(), re.DOTALL)
    wild = {"%": ".*", "_": "."}
    compiled = re.compile("".join(wild.get(part) or re.escape(part[-1]) for part in parts), re.DOTALL)
    return lambda raw: compiled.fullmatch(raw.decode()) is not None


class Piece(NamedTuple):
    """A pattern as an index takes it: a text, and whether values start and end with it."""

    text: bytes
    starts: bool
    ends: bool

    def holds(self, value: bytes) -> bool:
        """Whether the value has the text where it belongs."""
        match self.starts, self.ends:
            case True, True:
                return value == self.text
            case True, False:
                return value.startswith(self.text)
            case False, True:
                return value.endswith(self.text)
            case _:
                return self.text in value

    def holds_loosely(self, value: bytes) -> bool:
        """The same where no index has been asked: a text without `%` need only be somewhere in the value."""
        return self.text in value if self.starts and self.ends else self.holds(value)


def piece(pattern: bytes) -> Piece:
    """The pattern, in which `%` is any text at the ends, and itself inside."""
    starts, ends = not pattern.startswith(b"%"), not pattern.endswith(b"%")
    return Piece(pattern[not starts : len(pattern) - (not ends)], starts, ends)
