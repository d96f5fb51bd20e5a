"""From the type names of the grammar to types, with what the server refuses about nesting."""

from collections.abc import Iterator
from typing import assert_never

from coodie_memory.cql import ast
from coodie_memory.dialect import Dialect
from coodie_memory.errors import InvalidRequest, UnsupportedCQL
from coodie_memory.schema.model import Keyspace
from coodie_memory.types import javaclasses
from coodie_memory.types.base import CqlType
from coodie_memory.types.collections import ListType, MapType, SetType
from coodie_memory.types.names import NATIVE
from coodie_memory.types.tuples import TupleType
from coodie_memory.types.vector import VectorType
from coodie_memory.value import replace

_COUNTER, _DURATION = ast.NativeTypeName("counter"), ast.NativeTypeName("duration")


def cql_type(name: ast.TypeName, keyspace: Keyspace, dialect: Dialect) -> CqlType:
    """The type that a name means in a statement about `keyspace`."""
    return _resolved(name, name, keyspace, dialect)


def _resolved(name: ast.TypeName, written: ast.TypeName, keyspace: Keyspace, dialect: Dialect) -> CqlType:
    """The type; `written` is the name with the `frozen<>` around it, for refusals."""
    match name:
        case ast.NativeTypeName():
            return NATIVE[name.name]
        case ast.FrozenTypeName():
            inner = _inside_frozen(name.inner)
            return _resolved(inner, ast.FrozenTypeName(inner), keyspace, dialect).freeze()
        case ast.ListTypeName():
            _check_inside(dialect, written, name.element)
            return ListType(cql_type(name.element, keyspace, dialect))
        case ast.SetTypeName():
            _check_inside(dialect, written, name.element)
            _refuse_duration(written, name.element, "inside sets")
            return SetType(cql_type(name.element, keyspace, dialect))
        case ast.MapTypeName():
            _check_inside(dialect, written, name.value)
            _check_inside(dialect, written, name.key)
            _refuse_duration(written, name.key, "as map keys")
            return MapType(cql_type(name.key, keyspace, dialect), cql_type(name.value, keyspace, dialect))
        case ast.TupleTypeName():
            if _COUNTER in name.components:
                raise InvalidRequest("Counters are not allowed inside tuples")
            return TupleType(
                tuple(cql_type(_inside_frozen(each), keyspace, dialect).freeze() for each in name.components)
            )
        case ast.VectorTypeName():
            return _vector(name, keyspace, dialect)
        case ast.UserTypeName():
            return _user_type(name, keyspace)
        case ast.CustomTypeName():
            return _of_class(name.class_name)
        case _:
            assert_never(name)


def dimensions(name: ast.TypeName) -> Iterator[int]:
    """The dimension of every vector in a type's name."""
    match name:
        case ast.FrozenTypeName():
            yield from dimensions(name.inner)
        case ast.ListTypeName() | ast.SetTypeName():
            yield from dimensions(name.element)
        case ast.MapTypeName():
            yield from dimensions(name.key)
            yield from dimensions(name.value)
        case ast.TupleTypeName():
            for each in name.components:
                yield from dimensions(each)
        case ast.VectorTypeName():
            yield name.dimension
            yield from dimensions(name.element)
        case _:
            pass


def _of_class(name: str) -> CqlType:
    kind = javaclasses.read(name).type
    if kind is None:
        raise UnsupportedCQL(f"the custom type '{name}' is not supported yet")
    return kind


def is_reversed(name: ast.TypeName) -> bool:
    """Whether the type's name says that values come in descending order."""
    return isinstance(name, ast.CustomTypeName) and javaclasses.read(name.class_name).is_reversed


def shown(name: ast.TypeName, keyspace: str | None = None) -> str:
    """The name as the server echoes it; a user type with the keyspace, where one is given."""
    match name:
        case ast.NativeTypeName():
            return name.name
        case ast.FrozenTypeName():
            inner = shown(name.inner, keyspace)
            return (
                inner
                if isinstance(name.inner, ast.TupleTypeName | ast.VectorTypeName)
                else f"frozen<{inner}>"
            )
        case ast.ListTypeName():
            return f"list<{shown(name.element, keyspace)}>"
        case ast.SetTypeName():
            return f"set<{shown(name.element, keyspace)}>"
        case ast.MapTypeName():
            return f"map<{shown(name.key, keyspace)}, {shown(name.value, keyspace)}>"
        case ast.TupleTypeName():
            return f"tuple<{', '.join(shown(each, keyspace) for each in name.components)}>"
        case ast.VectorTypeName():
            return f"vector<{shown(name.element, keyspace)}, {name.dimension}>"
        case ast.UserTypeName():
            owner = name.type.keyspace or keyspace
            return f"{owner}.{name.type.name}" if owner else name.type.name
        case ast.CustomTypeName():
            return javaclasses.quoted(name.class_name)
        case _:
            assert_never(name)


def _inside_frozen(name: ast.TypeName) -> ast.TypeName:
    """What stands inside a frozen type is frozen, whether it says so or not."""

    def frozen(inner: ast.TypeName) -> ast.TypeName:
        if isinstance(inner, ast.NativeTypeName | ast.FrozenTypeName | ast.CustomTypeName):
            return inner
        return ast.FrozenTypeName(inner)

    match name:
        case ast.ListTypeName() | ast.SetTypeName():
            return replace(name, element=frozen(name.element))
        case ast.MapTypeName():
            return ast.MapTypeName(frozen(name.key), frozen(name.value))
        case _:
            return name


def _check_inside(dialect: Dialect, collection: ast.TypeName, element: ast.TypeName) -> None:
    """A collection holds nothing that would be cells of its own."""
    match element:
        case ast.ListTypeName() | ast.SetTypeName() | ast.MapTypeName():
            raise InvalidRequest(dialect.type_refusals.collection_inside.format(type=shown(collection)))
        case ast.UserTypeName():
            raise InvalidRequest(dialect.type_refusals.user_type_inside.format(type=shown(collection)))
        case ast.NativeTypeName(name="counter"):
            raise InvalidRequest(f"Counters are not allowed inside collections: {shown(collection)}")
        case _:
            return


def _refuse_duration(collection: ast.TypeName, element: ast.TypeName, where: str) -> None:
    if element == _DURATION:
        raise InvalidRequest(f"Durations are not allowed {where}: {shown(collection)}")


def _vector(name: ast.VectorTypeName, keyspace: Keyspace, dialect: Dialect) -> VectorType:
    if name.dimension <= 0:
        raise InvalidRequest(f"vectors may only have positive dimensions; given {name.dimension}")
    return VectorType(cql_type(name.element, keyspace, dialect), name.dimension)


def _user_type(name: ast.UserTypeName, keyspace: Keyspace) -> CqlType:
    owner = name.type.keyspace
    if owner is not None and owner != keyspace.name:
        raise InvalidRequest(
            f"Statement on keyspace {keyspace.name} cannot refer to a user type in keyspace {owner}; "
            "user types can only be used in the keyspace they are defined in"
        )
    found = keyspace.types.get(name.type.name)
    if found is None:
        raise InvalidRequest(f"Unknown type {keyspace.name}.{name.type.name}")
    return found
