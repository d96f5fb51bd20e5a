"""The real clusters of a run: where they are, and who starts and stops them.

Given by `--coodie-hosts`, or handed down by xdist's controller, or started here when first asked for and stopped at
the end of the run. Each is named by its profile, `default` or `full`.
"""

from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from typing import NamedTuple, Self

_DEFAULT_PORT = 9042
SWITCHES = {
    "materialized_views": "materialized_views_enabled",
    "sasi": "sasi_indexes_enabled",
    "user_defined_functions": "user_defined_functions_enabled",
    "drop_compact_storage": "drop_compact_storage_enabled",
}
"""What a server's configuration turns on: the capability, and its name in a real Cassandra's settings."""


class Address(NamedTuple):
    """Contact points that share a port."""

    hosts: tuple[str, ...]
    port: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """`host`, `host:port`, several separated by commas; one port for all, 9042 unless given."""
        parts = [part.strip().partition(":") for part in text.split(",")]
        ports = {int(port) for _, colon, port in parts if colon and port.isdecimal()}
        if any(not host or (colon and not port.isdecimal()) for host, colon, port in parts) or len(ports) > 1:
            raise ValueError(f"{text!r} is not host[:port],host[:port]… with one port for all")
        return cls(tuple(host for host, _, _ in parts), ports.pop() if ports else _DEFAULT_PORT)

    def __str__(self) -> str:
        return ",".join(f"{host}:{self.port}" for host in self.hosts)


class Servers:
    """The clusters by profile; `given` stands for every profile, `handed` for those it names."""

    def __init__(self, given: Address | None = None, handed: Mapping[str, str] | None = None) -> None:
        self._given = given
        self._handed = (
            None if handed is None else {name: Address.parse(text) for name, text in handed.items()}
        )
        self._started: dict[str, Address] = {}
        self._stack = ExitStack()

    def address(self, profile: str) -> Address:
        """Where the cluster of that profile listens; starts it if this process may. Raises `CannotStart`."""
        if self._given is not None:
            return self._given
        if self._handed is not None:
            return self._handed[profile]
        if profile not in self._started:
            self._started[profile] = self._start(profile)
        return self._started[profile]

    def hand_down(self, profiles: Iterable[str]) -> dict[str, str]:
        """What a worker of this run needs to find the same clusters; starts those of these profiles."""
        return {profile: str(self.address(profile)) for profile in profiles}

    def stop(self) -> None:
        """Stop what was started here."""
        self._started.clear()
        self._stack.close()

    def _start(self, profile: str) -> Address:
        from coodie_pytest.cluster import cassandra

        cluster = self._stack.enter_context(cassandra(profile=profile))
        return Address(cluster.hosts, cluster.port)
