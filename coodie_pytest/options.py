"""What the command line asks for, checked, and the servers of the run."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

import pytest

from coodie_pytest.servers import Address, Servers

if TYPE_CHECKING:
    from collections.abc import Mapping

MEMORY, MEMORY_DRIVER, MEMORY_TCP = IN_MEMORY = ("memory", "memory-driver", "memory-tcp")
"""The engine: called, through the driver in this process, through the driver over TCP."""
BACKENDS = (*IN_MEMORY, "cassandra", "scylla")


@dataclass(frozen=True)
class Run:
    """One run's choices. `profiles` are those of the real Cassandra that the run may ask for; suites add to them."""

    backends: tuple[str, ...]
    dialect: str
    servers: Servers
    starts_servers: bool
    update_golden: bool
    profiles: set[str] = field(default_factory=lambda: {"default"})

    @classmethod
    def from_options(cls, options: Any, handed: Mapping[str, str] | None) -> Self:
        """The choices on the command line; `pytest.UsageError` where they cannot be meant together."""
        named = [name for part in options.coodie_backend or [MEMORY] for name in part.split(",")]
        backends = tuple(dict.fromkeys(named))
        if unknown := set(backends) - set(BACKENDS):
            raise pytest.UsageError(
                f"--coodie-backend is one of {', '.join(BACKENDS)}, not {', '.join(sorted(unknown))}"
            )
        given = None if options.coodie_hosts is None else _address(options.coodie_hosts)
        real = [name for name in backends if name not in IN_MEMORY]
        if given is not None and len(real) != 1:
            raise pytest.UsageError("--coodie-hosts goes with one --coodie-backend that is a real cluster")
        if given is None and "scylla" in real:
            raise pytest.UsageError("a ScyllaDB cannot be started from here: give --coodie-hosts")
        if options.update_golden and len(real) < len(backends):
            raise pytest.UsageError(
                "--update-golden writes what a real server answers: give --coodie-backend=cassandra"
            )
        return cls(
            backends=backends,
            dialect=options.coodie_dialect,
            servers=Servers(given, handed),
            starts_servers=bool(real) and given is None,
            update_golden=options.update_golden,
        )


def _address(text: str) -> Address:
    try:
        return Address.parse(text)
    except ValueError as wrong:
        raise pytest.UsageError(f"--coodie-hosts: {wrong}") from None


RUN = pytest.StashKey[Run]()
