"""`MemoryCluster`: what a test holds. An engine with its clock, dialect and randomness, and every door into it."""

import random
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from coodie_memory.clock import Clock
from coodie_memory.dialect import DIALECTS
from coodie_memory.engine import Engine
from coodie_memory.execution.roles import authenticate
from coodie_memory.plan.ddl.system import system_keyspaces
from coodie_memory.schema.code import Code
from coodie_memory.schema.roles import SUPERUSER
from coodie_memory.session import Plans, Session
from coodie_memory.value import replace

if TYPE_CHECKING:
    import ssl
    from collections.abc import Mapping
    from contextlib import AbstractContextManager

    from coodie_memory.endpoint import Service
    from coodie_memory.server import Address


class MemoryCluster:
    """An empty, private CQL database that answers as a cluster of one node does.

    `dialect` is the server it answers as: "scylla" or "cassandra" (5.0). `clock` runs with the system's unless told
    otherwise. `seed` makes `uuid()` and node ids repeatable. The switches turn on or off what a server's configuration
    does, and default to what that server's default configuration is.

    `authentication` True: whoever comes in is a role, "cassandra" to begin with, and may do what it has been granted.
    Passwords by name instead of True: a driver or a client over TCP has to give one of them, and may do everything.
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
        drop_compact_storage: bool | None = None,
        authentication: "bool | Mapping[str, str] | None" = None,
    ) -> None:
        if dialect not in DIALECTS:
            raise ValueError(f"{dialect!r} is no dialect; there are {', '.join(sorted(DIALECTS))}")
        ways = DIALECTS[dialect]
        self.clock = clock or Clock()
        given = {
            "materialized_views": materialized_views,
            "sasi": sasi,
            "user_defined_functions": user_defined_functions,
            "drop_compact_storage": drop_compact_storage,
            "authentication": authentication is True or None,
        }
        if said := {name: on for name, on in given.items() if on is not None}:
            ways = replace(ways, switches=replace(ways.switches, **said))
        self.engine = Engine(system_keyspaces(ways), self.clock, ways, random.Random(seed))  # noqa: S311 (no secrets)
        self._plans = Plans(self.engine)
        self._authentication = authentication

    @property
    def functions(self) -> Code:
        """The Python functions that stand in for the bodies of user-defined functions."""
        return self.engine.code

    @property
    def dialect(self) -> str:
        """The name of the server this cluster answers as."""
        return self.engine.dialect.name

    def session(self, keyspace: str | None = None, *, user: str = SUPERUSER) -> Session:
        """A connection of its own to the engine, using `keyspace` if one is given.

        With authentication it is the role `user`'s, who needs no password here.
        """
        session = Session(
            self.engine, self._plans, user=user if self.engine.dialect.switches.authentication else None
        )
        if keyspace is not None:
            session.use(keyspace)
        return session

    @cached_property
    def service(self) -> "Service":
        """What clients of the native protocol talk to, in process and over TCP."""
        from coodie_memory.endpoint import Credentials, RoleCredentials, Service  # noqa: PLC0415  # not every test needs it

        match self._authentication:
            case True:
                credentials: Credentials | RoleCredentials | None = RoleCredentials(self.engine)
            case None | False:
                credentials = None
            case passwords:
                credentials = Credentials(passwords)
        return Service(self.engine, self._plans, credentials=credentials)

    def connect(self, keyspace: str | None = None, **options: Any) -> Any:
        """A `cassandra.cluster.Session` of the installed Python driver, whose connections stay in this process.

        `options` are those of the driver's `Cluster`; `session.cluster.shutdown()` ends it.
        """
        from coodie_memory import driver  # noqa: PLC0415  # the driver is optional

        return driver.connect(self.service, keyspace, options)

    def driver_options(self) -> dict[str, Any]:
        """What makes a driver's `Cluster(**cluster.driver_options())` one whose connections stay in this process.

        The driver then dates its writes by this cluster's clock, as the engine does.
        """
        from coodie_memory import driver  # noqa: PLC0415  # the driver is optional

        return driver.driver_options(self.service)

    def serve(
        self, host: str = "127.0.0.1", port: int = 0, *, tls: "ssl.SSLContext | None" = None
    ) -> "AbstractContextManager[Address]":
        """`with cluster.serve() as (host, port):` any client can reach it over TCP; a thread of its own serves them."""
        from coodie_memory import server  # noqa: PLC0415  # not every test needs it

        return server.serving(server.Server(self.service, host, port, tls=tls))

    def authenticate(self, user: str, password: str) -> None:
        """Refuse a log-in, with `AuthenticationFailed`, that the role's password does not open."""
        authenticate(self.engine, user, password)

    def create_keyspace(self, name: str) -> None:
        """Make a keyspace for tests, unless it is there."""
        self.session().execute(
            f'CREATE KEYSPACE IF NOT EXISTS "{name}" '
            "WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}"
        )
