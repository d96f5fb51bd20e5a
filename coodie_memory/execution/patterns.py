"""The patterns of LIKE."""

import re
from collections.abc import Callable


def likeness(pattern: bytes) -> Callable[[bytes], bool]:
    """What tells whether a text is like the pattern: `%` is any text, `_` any character.

    A backslash takes either, and itself, as it stands.
    """
    parts = re.findall(r"\\[%_\\]|.", pattern.decode(), re.DOTALL)
    wild = {"%": ".*", "_": "."}
    compiled = re.compile("".join(wild.get(part) or re.escape(part[-1]) for part in parts), re.DOTALL)
    return lambda raw: compiled.fullmatch(raw.decode()) is not None
