"""Names and type names."""

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class QualifiedName:
    """`name` or `keyspace.name`, of a table, view, index, type, function or aggregate."""

    keyspace: str | None
    name: str


@dataclass(frozen=True, slots=True)
class NativeTypeName:
    """`int`, `text`, `counter` …; `varchar` stays `varchar`."""

    name: str


@dataclass(frozen=True, slots=True)
class ListTypeName:
    """`list<element>`."""

    element: "TypeName"


@dataclass(frozen=True, slots=True)
class SetTypeName:
    """`set<element>`."""

    element: "TypeName"


@dataclass(frozen=True, slots=True)
class MapTypeName:
    """`map<key, value>`."""

    key: "TypeName"
    value: "TypeName"


@dataclass(frozen=True, slots=True)
class TupleTypeName:
    """`tuple<a, b, …>`."""

    components: tuple["TypeName", ...]


@dataclass(frozen=True, slots=True)
class VectorTypeName:
    """`vector<element, dimension>`."""

    element: "TypeName"
    dimension: int


@dataclass(frozen=True, slots=True)
class FrozenTypeName:
    """`frozen<inner>`; the grammar has refused what cannot be frozen."""

    inner: "TypeName"


@dataclass(frozen=True, slots=True)
class UserTypeName:
    """A name that is not a native type's."""

    type: QualifiedName


@dataclass(frozen=True, slots=True)
class CustomTypeName:
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
