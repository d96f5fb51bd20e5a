"""The engine's state: the schema, a store for each table, clock, dialect, randomness, and one lock over them.

Everything that changes later changes here: `install` exchanges the schema, `apply` is the one door for data, and the
journal can take both back. Whoever calls `install`, `apply` or reads stores holds `lock`.
"""

import random
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from ipaddress import IPv4Address, IPv6Address
from threading import RLock
from types import MappingProxyType
from typing import TYPE_CHECKING
from uuid import UUID

from coodie_memory.clock import Clock
from coodie_memory.dialect import Dialect
from coodie_memory.schema import passwords
from coodie_memory.schema.catalog import EMPTY, Schema
from coodie_memory.schema.code import Code
from coodie_memory.schema.model import Index, Table
from coodie_memory.schema.model import View as Definition
from coodie_memory.schema.roles import NOBODY, SUPERUSER, Role, Roles
from coodie_memory.storage.cell import Rules
from coodie_memory.storage.index import Target
from coodie_memory.storage.journal import Journal
from coodie_memory.storage.mutation import Mutation
from coodie_memory.storage.table import TableStore
from coodie_memory.storage.view import View, shape
from coodie_memory.types import timeuuid
from coodie_memory.value import Value, replace

if TYPE_CHECKING:
    from coodie_memory.result import SchemaChange

LOOPBACK = IPv4Address("127.0.0.1")


class Node(Value):
    """Where clients reach this database, as `system.local` tells them."""

    address: IPv4Address | IPv6Address = LOOPBACK
    port: int = 9042


class Engine:
    """One database.

    `schema` is the current one; its identity tells whether a plan is still valid. `described` is what each of the
    server's own keyspaces shows in its tables. `listeners` are told of schema changes, in no thread in particular and
    without the lock.
    """

    def __init__(self, schema: Schema, clock: Clock, dialect: Dialect, randomness: random.Random) -> None:
        self.clock = clock
        self.dialect = dialect
        self.randomness = randomness
        self.lock = RLock()
        self.journal = Journal()
        self.schema = schema
        self.node = Node()
        self.code = Code()
        self.roles = Roles(
            MappingProxyType({SUPERUSER: _superuser()}),
            known=dialect.permissions,
            describes_single_roles=dialect.describes_single_roles,
        )
        self.described: dict[str, tuple[Schema, Node, Roles]] = {}
        self.listeners: dict[Callable[[SchemaChange], None], None] = {}
        self.news: deque[SchemaChange] = deque()
        self.host_id = self.uuid()
        self._node = randomness.getrandbits(48) | 1 << 40
        self._clock_sequence = randomness.getrandbits(14)
        self._last_timestamp = 0
        self._last_tick = 0
        self._last_dated = 0, 0
        # By the number of the table's id: each statement looks its store up, and hashing a UUID is a call in Python.
        self._stores: dict[int, TableStore] = {}

    def store(self, table: Table) -> TableStore:
        """Where the table's data is; valid until the table is dropped."""
        store = self._stores.get(table.id.int)
        return self._create(table) if store is None else store

    def apply(self, mutations: Iterable[Mutation], now: int) -> None:
        """The one door for data: merge the mutations in second `now`."""
        for mutation in mutations:
            store = self._stores.get(mutation.table.int)
            if store is None:
                store = self._create(self.schema.tables_by_id[mutation.table])
            store.apply(mutation, now)

    def install(self, schema: Schema) -> None:
        """Make `schema` the current one: stores of dropped tables go, indexes are built, dropped columns hidden."""
        before, self.schema = self.schema, schema
        if self.journal.is_open:
            self.journal.record(self._reinstall, before)
        for name, keyspace in before.keyspaces.items():
            if schema.keyspaces.get(name) is keyspace:
                continue
            for table in keyspace.tables_by_id.values():
                if table.id.int in self._stores and schema.tables_by_id.get(table.id) is not table:
                    self._follow(table, schema.tables_by_id.get(table.id))
        for base in before.views_by_base.keys() | schema.views_by_base.keys():
            if base.int in self._stores:
                self._follow_views(base, before)

    def configure(self, dialect: Dialect) -> None:
        """Go on in the ways of `dialect`: a setting has changed, and what was planned before is to be planned anew."""
        if self.journal.is_open:
            self.journal.record(setattr, self, "dialect", self.dialect)
        self.dialect = dialect
        self.install(replace(self.schema))

    def publish(self) -> None:
        """Tell the listeners what schema statements have announced in `news`; the caller does not hold the lock."""
        while self.news:
            try:
                change = self.news.popleft()
            except IndexError:  # another thread tells it
                return
            for listener in tuple(self.listeners):
                listener(change)

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """Take back all changes made inside if an exception leaves the block."""
        mark = self.journal.mark()
        try:
            yield
        except BaseException:
            self.journal.rollback(mark)
            raise
        finally:
            self.journal.release(mark)

    @property
    def micros(self) -> int:
        """The clock's time in microseconds."""
        return self.clock.micros()

    def entitle(self, roles: Roles) -> None:
        """Make `roles` the current ones."""
        if self.journal.is_open:
            self.journal.record(setattr, self, "roles", self.roles)
        self.roles = roles

    def shown(self, keyspace: str) -> tuple[Schema, Node, Roles]:
        """What the tables of one of the server's own keyspaces show."""
        return self.described.get(keyspace, (EMPTY, self.node, NOBODY))

    def show(self, keyspace: str) -> None:
        """Note that the tables of one of the server's own keyspaces show what is now."""
        if self.journal.is_open:
            self.journal.record(self.described.__setitem__, keyspace, self.shown(keyspace))
        self.described[keyspace] = self.schema, self.node, self.roles

    def next_timestamp(self) -> int:
        """Microseconds for a write: the clock's, and more than any given before."""
        return self.timestamp_at(self.clock.micros())

    def timestamp_at(self, micros: int) -> int:
        """The same for a write at a moment that is known."""
        # Cassandra counts its own milliseconds here; in a process writes follow one another faster, and one that a client
        # has dated by the microsecond must not hide the next that the engine dates.
        self._last_timestamp = last = micros if micros > self._last_timestamp else self._last_timestamp + 1
        return last

    def timeuuid(self) -> UUID:
        """A version 1 UUID of the clock's time, greater than any given before."""
        # Ticks of 100 ns, so that a frozen clock still gives ten thousand of them in each millisecond.
        self._last_tick = max(self.clock.micros() * 10, self._last_tick + 1)
        micros, tick = divmod(self._last_tick, 10)
        return timeuuid.make(micros, self._clock_sequence, self._node, tick)

    def timeuuid_at(self, micros: int) -> UUID:
        """A version 1 UUID of that microsecond, greater than those given for it just before."""
        last, number = self._last_dated
        number = number + 1 if last == micros else 0
        self._last_dated = micros, number
        return timeuuid.make(micros, self._clock_sequence & 0x3F00 | number & 0x7F, self._node, number >> 7)

    def uuid(self) -> UUID:
        """A random version 4 UUID from the cluster's randomness."""
        return UUID(int=self.randomness.getrandbits(128), version=4)

    def _create(self, table: Table) -> TableStore:
        rules = Rules(is_counter=table.is_counter)
        is_local = self.schema.keyspaces[table.keyspace].is_virtual
        store = TableStore(rules, self.journal, is_local=is_local)
        self._configure(store, table)
        if self.journal.is_open:
            # What was found out while it was made, its indexes and views, does not survive going back: nor does it.
            self.journal.record(self._stores.pop, table.id.int, None)
        for index in table.indexes.values():
            store.add_index(index.name, _target(table, index))
        self._stores[table.id.int] = store
        for index in table.indexes.values():
            if index.view is not None:
                store.add_view(index.view.table.id, self._upkeep(index.view, table))
        for view in self.schema.views_of(table):
            store.add_view(view.table.id, self._upkeep(view, table))
        return store

    def _follow(self, before: Table, after: Table | None) -> None:
        store = self._stores[before.id.int]
        if after is None:
            del self._stores[before.id.int]
            if self.journal.is_open:
                self.journal.record(self._stores.__setitem__, before.id.int, store)
            return
        self._configure(store, after)
        for name in before.indexes.keys() - after.indexes.keys():
            store.drop_index(name)
        for name in after.indexes.keys() - before.indexes.keys():
            store.add_index(name, _target(after, after.indexes[name]))
        self._follow_index_views(store, before, after)

    def _follow_views(self, base: UUID, before: Schema) -> None:
        """Bring the views of a base table from an earlier schema to the present one."""
        store, table = self._stores[base.int], self.schema.tables_by_id[base]
        was = {view.table.id: view for view in before.views_by_base.get(base, ())}
        becomes = {view.table.id: view for view in self.schema.views_by_base.get(base, ())}
        for identity in was.keys() - becomes.keys():
            store.drop_view(identity)
        for identity, view in becomes.items():
            if was.get(identity) is view and before.tables_by_id[base] is table:
                continue
            upkeep = self._upkeep(view, table)
            if identity not in was:
                upkeep.build(store.partitions)
            store.add_view(identity, upkeep)

    def _follow_index_views(self, store: TableStore, before: Table, after: Table) -> None:
        was = {index.view.table.id for index in before.indexes.values() if index.view is not None}
        views = [index.view for index in after.indexes.values() if index.view is not None]
        for identity in was - {view.table.id for view in views}:
            store.drop_view(identity)
        for view in views:
            upkeep = self._upkeep(view, after)
            if view.table.id not in was:
                upkeep.build(store.partitions)
            store.add_view(view.table.id, upkeep)

    def _upkeep(self, view: Definition, base: Table) -> View:
        return View(shape(view, base), self.store(view.table).put)

    def _configure(self, store: TableStore, table: Table) -> None:
        store.gc_grace = table.options["gc_grace_seconds"]
        store.dropped = {dropped.column.slot: dropped.dropped_at for dropped in table.dropped.values()}

    def _reinstall(self, schema: Schema) -> None:
        """Back to an earlier schema; the stores' own steps have been, or will be, taken back by themselves."""
        self.schema = schema
        for table in schema.tables_by_id.values():
            if store := self._stores.get(table.id.int):
                self._configure(store, table)


@cache
def _superuser() -> Role:
    # The password that everybody knows needs no salt of its own in each database, and hashing takes its time.
    salted = passwords.salted(SUPERUSER, bytes(16))
    return Role(SUPERUSER, is_superuser=True, can_login=True, salted_hash=salted)


def _target(table: Table, index: Index) -> Target:
    column = table.columns[index.column]
    match column.kind:
        case "partition_key":
            return Target("partition", column.position)
        case "clustering":
            return Target("clustering", column.position)
        case _ if not column.type.is_multicell:
            return Target(column.kind, column.slot)
        case _ if index.target == "keys":
            return Target(column.kind, column.slot, "keys")
        case _ if index.target == "entries":
            return Target(column.kind, column.slot, "entries")
        # The members of a set are the keys of its cells.
        case _:
            return Target(
                column.kind, column.slot, "keys" if column.type.cql().startswith("set<") else "values"
            )
