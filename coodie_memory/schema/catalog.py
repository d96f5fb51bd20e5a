"""The whole schema as one immutable value. A change makes another `Schema`; whoever held the old one keeps it whole.

Identity is the version: a plan made from a schema is valid exactly as long as the engine's schema *is* that object.
"""

from collections.abc import Mapping
from functools import cached_property
from types import MappingProxyType
from typing import TypeVar
from uuid import UUID

from coodie_memory.schema.model import NONE, Index, Keyspace, Table, View
from coodie_memory.value import Value, replace

K = TypeVar("K")
V = TypeVar("V")


class Schema(Value, caches=True):
    """All keyspaces by name, and the version that drivers compare."""

    version: UUID
    keyspaces: Mapping[str, Keyspace] = NONE

    def keyspace(self, name: str) -> Keyspace | None:
        """The keyspace of that name."""
        return self.keyspaces.get(name)

    def table(self, keyspace: str, name: str) -> Table | None:
        """The table, or the materialized view's table, of that name."""
        found = self.keyspaces.get(keyspace)
        if found is None:
            return None
        view = found.views.get(name) or found.index_views.get(name)
        return view.table if view else found.tables.get(name)

    def view(self, keyspace: str, name: str) -> View | None:
        """The materialized view of that name, an index's among them."""
        found = self.keyspaces.get(keyspace)
        return found.views.get(name) or found.index_views.get(name) if found else None

    def views_of(self, base: Table) -> tuple[View, ...]:
        """The materialized views of a base table, by name."""
        return self.views_by_base.get(base.id, ())

    @cached_property
    def views_by_base(self) -> Mapping[UUID, tuple[View, ...]]:
        """The materialized views by the id of their base table, each table's by name."""
        found: dict[UUID, tuple[View, ...]] = {}
        for keyspace in self.keyspaces.values():
            for _, view in sorted(keyspace.views.items()):
                found[view.base] = (*found.get(view.base, ()), view)
        return MappingProxyType(found)

    @cached_property
    def tables_by_id(self) -> Mapping[UUID, Table]:
        """Every table and view table by its id."""
        found: dict[UUID, Table] = {}
        for keyspace in self.keyspaces.values():
            found.update(keyspace.tables_by_id)
        return MappingProxyType(found)

    def with_keyspace(self, keyspace: Keyspace) -> "Schema":
        """This schema with the keyspace added or replaced."""
        return replace(self, keyspaces=having(self.keyspaces, keyspace.name, keyspace))

    def without_keyspace(self, name: str) -> "Schema":
        """This schema less a keyspace and all that is in it."""
        return replace(self, keyspaces=lacking(self.keyspaces, name))

    def with_table(self, table: Table) -> "Schema":
        """This schema with the table added or replaced; a view's table replaces the view's.

        The table changed last is the last one, as in Cassandra's lists (`Tables.withSwapped`).
        """
        keyspace = self.keyspaces[table.keyspace]
        if view := keyspace.views.get(table.name):
            return self.with_view(replace(view, table=table))
        others = lacking(keyspace.tables, table.name)
        return self.with_keyspace(replace(keyspace, tables=having(others, table.name, table)))

    def without_table(self, table: Table) -> "Schema":
        """This schema less a table and its indexes."""
        keyspace = self.keyspaces[table.keyspace]
        return self.with_keyspace(replace(keyspace, tables=lacking(keyspace.tables, table.name)))

    def with_view(self, view: View) -> "Schema":
        """This schema with the view added or replaced, in its index if it is one's."""
        keyspace = self.keyspaces[view.table.keyspace]
        for table in keyspace.tables.values():
            for index in table.indexes.values():
                if index.view is not None and index.view.table.id == view.table.id:
                    kept = having(table.indexes, index.name, replace(index, view=view))
                    return self.with_table(replace(table, indexes=kept))
        return self.with_keyspace(replace(keyspace, views=having(keyspace.views, view.table.name, view)))

    def without_view(self, view: View) -> "Schema":
        """This schema less a view."""
        keyspace = self.keyspaces[view.table.keyspace]
        return self.with_keyspace(replace(keyspace, views=lacking(keyspace.views, view.table.name)))

    def index(self, keyspace: str, name: str) -> tuple[Table, Index] | None:
        """The index of that name, which is unique in its keyspace, and its table."""
        found = self.keyspaces.get(keyspace)
        for table in found.tables.values() if found else ():
            if name in table.indexes:
                return table, table.indexes[name]
        return None


EMPTY = Schema(UUID(int=0))


def having(mapping: Mapping[K, V], key: K, value: V) -> Mapping[K, V]:
    """The mapping with one entry added or replaced."""
    return MappingProxyType({**mapping, key: value})


def lacking(mapping: Mapping[K, V], key: K) -> Mapping[K, V]:
    """The mapping less one entry."""
    return MappingProxyType({k: v for k, v in mapping.items() if k != key})
