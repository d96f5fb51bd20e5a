"""Names and type names."""

from typing import TypeAlias

from coodie_memory.value import Value


class QualifiedName(Value):
    """`name` or `keyspace.name`, of a table, view, index, type, function or aggregate."""

    keyspace: str | None
    name: str


class NativeTypeName(Value):
    """`int`, `text`, `counter` …; `varchar` stays `varchar`."""

    name: str


class ListTypeName(Value):
    """`list<element>`."""

    element: "TypeName"


class SetTypeName(Value):
    """`set<element>`."""

    element: "TypeName"


class MapTypeName(Value):
    """`map<key, value>`."""

    key: "TypeName"
    value: "TypeName"


class TupleTypeName(Value):
    """`tuple<a, b, …>`."""

    components: tuple["TypeName", ...]


class VectorTypeName(Value):
    """`vector<element, dimension>`."""

    element: "TypeName"
    dimension: int


class FrozenTypeName(Value):
    """`frozen<inner>`; the grammar has refused what cannot be frozen."""

    inner: "TypeName"


class UserTypeName(Value):
    """A name that is not a native type's."""

    type: QualifiedName


class CustomTypeName(Value):
    """`'org.apache.cassandra.db.marshal.…'`."""

    class_name: str


TypeName: TypeAlias = (
    NativeTypeName
    | ListTypeName
    | SetTypeName
    | MapTypeName
    | TupleTypeName
    | VectorTypeName
    | FrozenTypeName
    | UserTypeName
    | CustomTypeName
)
