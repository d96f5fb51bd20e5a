"""`MemoryCluster`: what a test holds. An engine with its clock, dialect and randomness, and every door into it."""

import random
from typing import Literal

from coodie_memory.clock import Clock
from coodie_memory.dialect import DIALECTS
from coodie_memory.engine import Engine
from coodie_memory.plan.ddl.system import system_keyspaces
from coodie_memory.session import Plans, Session
from coodie_memory.value import replace


class MemoryCluster:
    """An empty, private CQL database that answers as a cluster of one node does.

    `dialect` is the server it answers as: "scylla" or "cassandra" (5.0). `clock` runs with the system's unless told
    otherwise. `seed` makes `uuid()` and node ids repeatable. The switches turn on or off what a server's configuration
    does, and default to what that server's default configuration is.
    """

    def __init__(
        self,
        *,
        dialect: Literal["scylla", "cassandra"] = "scylla",
        clock: Clock | None = None,
        seed: int | None = None,
        materialized_views: bool | None = None,
        sasi: bool | None = None,
        user_defined_functions: bool | None = None,
    ) -> None:
        if dialect not in DIALECTS:
            raise ValueError(f"{dialect!r} is no dialect; there are {', '.join(sorted(DIALECTS))}")
        ways = DIALECTS[dialect]
        self.clock = clock or Clock()
        given = {
            "materialized_views": materialized_views,
            "sasi": sasi,
            "user_defined_functions": user_defined_functions,
        }
        switches = replace(ways.switches, **{name: on for name, on in given.items() if on is not None})
        ways = replace(ways, switches=switches)
        self.engine = Engine(system_keyspaces(ways), self.clock, ways, random.Random(seed))  # noqa: S311 (no secrets)
        self._plans = Plans(self.engine)

    @property
    def dialect(self) -> str:
        """The name of the server this cluster answers as."""
        return self.engine.dialect.name

    def session(self, keyspace: str | None = None) -> Session:
        """A connection of its own to the engine, using `keyspace` if one is given."""
        session = Session(self.engine, self._plans)
        if keyspace is not None:
            session.use(keyspace)
        return session

    def create_keyspace(self, name: str) -> None:
        """Make a keyspace for tests, unless it is there."""
        self.session().execute(
            f'CREATE KEYSPACE IF NOT EXISTS "{name}" '
            "WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}"
        )
