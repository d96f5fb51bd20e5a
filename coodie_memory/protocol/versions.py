"""The protocol's versions: which are spoken, and how the others are refused."""

from dataclasses import dataclass
from typing import Final

from coodie_memory.errors import ProtocolException

BETA: Final = 6
"""Version 6 is version 5 with a flag that says one knows it is not finished."""
_KNOWN: Final = frozenset({1, 2})


class WrongVersion(ProtocolException):
    """A version that is not spoken here; `answer_version` is the one in which this is said."""

    def __init__(self, message: str, answer_version: int | None = None) -> None:
        super().__init__(message)
        self.answer_version = answer_version


@dataclass(frozen=True, slots=True)
class Versions:
    """The versions that a server speaks, the oldest first. `refusal` has {version} and {spoken}."""

    numbers: tuple[int, ...]
    refusal: str

    @property
    def newest(self) -> int:
        """The newest that is finished: a client of whom nothing is known yet is answered in it."""
        return max(number for number in self.numbers if number < BETA)

    @property
    def names(self) -> tuple[str, ...]:
        """As SUPPORTED lists them."""
        return tuple(map(name, self.numbers))

    def check(self, number: int) -> None:
        """Raises `WrongVersion` unless the version is spoken."""
        if number not in self.numbers:
            message = self.refusal.format(version=number, spoken=", ".join(self.names))
            raise WrongVersion(message, number if number in _KNOWN else None)


def name(number: int) -> str:
    """The version as messages call it."""
    return f"{number}/v{number}{'-beta' if number == BETA else ''}"


CASSANDRA: Final = Versions(
    (3, 4, 5, 6), "Invalid or unsupported protocol version ({version}); supported versions are ({spoken})"
)
SCYLLA: Final = Versions((3, 4), "Invalid or unsupported protocol version: {version}")
