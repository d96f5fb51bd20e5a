"""Integers of texts that somebody else wrote."""

_MOST = 4000
"""As many digits as Python reads without being told to, and far more than any range has."""
_BEYOND: int = 10**4000


def whole(text: str) -> int:
    """The number; where it has more digits than anybody counts, another that is as far beyond every range."""
    digits = text.strip().lstrip("+-")
    if len(digits) <= _MOST or not digits.isdecimal():
        return int(text)
    return -_BEYOND if text.strip().startswith("-") else _BEYOND
