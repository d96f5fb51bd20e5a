"""How big this process may become."""

import resource
import sys
from pathlib import Path
from typing import Final

_STATM: Final = Path("/proc/self/statm")
_LOOKS: Final = 64
_MIB: Final = 1 << 20


class MemoryLimit:
    """Says whether the process is bigger than so many MiB; it looks now and then, always once it has been."""

    def __init__(self, mib: int) -> None:
        self._limit = mib * _MIB
        self._asked = 0
        self._is_full = False

    def __call__(self) -> bool:
        """Whether nothing more is to be stored."""
        self._asked += 1
        if self._is_full or self._asked % _LOOKS == 0:
            self._is_full = resident() > self._limit
        return self._is_full


def resident() -> int:
    """The bytes of memory that this process has; where the system does not tell, the most it has had."""
    try:
        return int(_STATM.read_text().split()[1]) * resource.getpagesize()
    except OSError:
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return most if sys.platform == "darwin" else most * 1024
