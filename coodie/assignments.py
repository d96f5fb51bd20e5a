"""What `update(**changes)` writes about columns, as data.

`status="done"`, `add__tags={…}` and `tags__add={…}` become `Assignment`s: values still Python's, ready to be put into
a document (`applied`) or to be bound (`parameters`). A field or change that does not exist, or that the column cannot
take, is refused here, at the call.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Annotated, Any, assert_never

from pydantic import TypeAdapter
from pydantic_core import CoreConfig, SchemaValidator
from typing_extensions import TypedDict  # pydantic asks for this one before Python 3.12

from coodie.cqltypes import CqlType, ListType, MapType, SetType, is_collection
from coodie.exceptions import InvalidQueryError
from coodie.expressions import coerced, field, part_of, unknown
from coodie.schema import Column, TableSchema


class Change(Enum):
    """What happens to a column; the value is the word that callers write."""

    SET = "set"
    ADD = "add"
    REMOVE = "remove"
    APPEND = "append"
    PREPEND = "prepend"
    UPDATE = "update"
    PUT = "put"
    SETINDEX = "setindex"
    INCREMENT = "increment"
    DECREMENT = "decrement"


_COUNTING = (Change.INCREMENT, Change.DECREMENT)

_WORDS: Mapping[str, Change] = {change.value: change for change in Change if change not in _COUNTING}

_TAKEN_BY: Mapping[Change, tuple[type[CqlType], ...]] = {
    Change.ADD: (SetType,),
    Change.REMOVE: (SetType, ListType, MapType),
    Change.APPEND: (ListType,),
    Change.PREPEND: (ListType,),
    Change.UPDATE: (MapType,),
    Change.PUT: (MapType,),
    Change.SETINDEX: (ListType,),
}

_REPEATABLE = (Change.SET, Change.ADD, Change.REMOVE, Change.UPDATE, Change.PUT)
"""Done twice, these are done once. A list's positions may have moved in between; a counter has no memory."""


@dataclass(frozen=True, slots=True)
class Assignment:
    """One change of one column."""

    column: Column
    change: Change
    value: Any

    @property
    def replaces(self) -> bool:
        """Whether the value after it does not depend on the one before."""
        return self.change is Change.SET

    @property
    def idempotent(self) -> bool:
        """Whether doing it twice is doing it once."""
        return self.change in _REPEATABLE


def assignments(schema: TableSchema, changes: Mapping[str, Any]) -> tuple[Assignment, ...]:
    """What `update(**changes)` means."""
    found = tuple(_assignment(schema, name, value) for name, value in changes.items())
    replaced = {each.column for each in found if each.replaces}
    if len(found) > 1 and len({each.column for each in found}) < len(found):
        for place, each in enumerate(found):
            if each.column in replaced and any(each.column is other.column for other in found[:place]):
                raise InvalidQueryError(
                    f"{each.column} is assigned and changed in one update; say one of both"
                )
    return found


def counts(schema: TableSchema, change: Change, deltas: Mapping[str, Any]) -> tuple[Assignment, ...]:
    """What `increment(**deltas)` and `decrement(**deltas)` mean."""
    found = []
    for name, delta in deltas.items():
        column = field(schema, name)
        if not column.is_counter:
            raise InvalidQueryError(f"{column} is no counter")
        found.append(Assignment(column, change, column.bind(delta)))
    return tuple(found)


def place_of(column: Column, element: Any) -> Any:
    """Where an element is, bound: the member of a set, the key of a dict, the index in a list."""
    if not is_collection(column.cql_type):
        raise InvalidQueryError(f"{column} has no elements to delete: it is {_kind(column)}")
    if isinstance(column.cql_type, ListType):
        return _index(column, element)
    part = part_of(column, 0)
    return coerced(column, part.encode, part.adapter, element)


def applied(assignment: Assignment, current: Any) -> Any:  # one arm for each change
    """The column's value after the change, given the one before it."""
    column, value = assignment.column, assignment.value
    match assignment.change:
        case Change.SET:
            return value
        case Change.ADD:
            return set(current or ()) | value
        case Change.REMOVE:
            return _or_null(column, _without(current, value))
        case Change.APPEND:
            return [*(current or ()), *value]
        case Change.PREPEND:
            return [*value, *(current or ())]
        case Change.UPDATE:
            return {**(current or {}), **value}
        case Change.PUT:
            return {**(current or {}), value[0]: value[1]}
        case Change.SETINDEX:
            return _with_item(current, *value)
        case Change.INCREMENT:
            return (current or 0) + value
        case Change.DECREMENT:
            return (current or 0) - value
        case _:
            assert_never(assignment.change)


def parameters(assignment: Assignment) -> tuple[Any, ...]:
    """The values to bind, in the order of the marks in its text."""
    column, value = assignment.column, assignment.value
    match assignment.change:
        case Change.SET | Change.INCREMENT | Change.DECREMENT:
            return (column.bind(value),)
        case Change.REMOVE if isinstance(column.cql_type, MapType):
            key = part_of(column, 0)
            return ({key.encode(each) for each in value},)
        case Change.ADD | Change.REMOVE | Change.APPEND | Change.PREPEND | Change.UPDATE:
            return (column.bind(value),)
        case Change.PUT:
            return (part_of(column, 0).encode(value[0]), part_of(column, 1).encode(value[1]))
        case Change.SETINDEX:
            return (value[0], part_of(column, 0).encode(value[1]))
        case _:
            assert_never(assignment.change)


def checked(assignment: Assignment) -> Assignment:
    """A plain assignment with its value validated as the field validates it; for writes without a document."""
    if assignment.change is not Change.SET:
        return assignment
    column = assignment.column
    value = _field_validator(column).validate_python({column.field: assignment.value})[column.field]
    return Assignment(column, Change.SET, value)


def _assignment(schema: TableSchema, name: str, value: Any) -> Assignment:
    column, change = _spelt(schema, name)
    if column.is_key:
        raise InvalidQueryError(
            f"{column} is part of the key, which never changes; delete the row and save another"
        )
    if column.is_counter:
        raise InvalidQueryError(f"{column} is a counter; use increment() or decrement()")
    if change is Change.SET:
        if column is schema.discriminator:
            schema.check_kind(value)
        return Assignment(column, change, value)
    if not isinstance(column.cql_type, _TAKEN_BY[change]) or not is_collection(column.cql_type):
        raise InvalidQueryError(
            f"{column}: {change.value!r} does not work on {_kind(column)}; {_instead(column)}"
        )
    return Assignment(column, change, _operand(column, change, value))


@lru_cache(maxsize=4096)
def _spelt(schema: TableSchema, name: str) -> tuple[Column, Change]:
    """`field`, `change__field` or `field__change`; `set__ttl` is the field that has an option's name."""
    if name in schema.by_field:
        return schema.by_field[name], Change.SET
    prefix, _, rest = name.partition("__")
    if prefix in _WORDS and rest in schema.by_field:
        return schema.by_field[rest], _WORDS[prefix]
    head, _, suffix = name.rpartition("__")
    if suffix in _WORDS:
        return field(schema, head), _WORDS[suffix]
    if prefix in _WORDS:
        return field(schema, rest), _WORDS[prefix]
    for there, word in ((head, suffix), (rest, prefix)):
        if there in schema.by_field:
            raise unknown(f"{schema.by_field[there]} has no change {word!r} (in {name!r})", word, _WORDS)
    raise unknown(f"{schema.model} has no field {name!r}", name, schema.by_field)


def _operand(column: Column, change: Change, value: Any) -> Any:
    """The elements, keys or entry that the change is about, of the collection's Python types."""
    match change:
        case Change.PUT:
            key, item = _pair(column, change, value, "key", "value")
            return (_element(column, 0, key), _element(column, 1, item))
        case Change.SETINDEX:
            index, item = _pair(column, change, value, "index", "value")
            return (_index(column, index), _element(column, 0, item))
        case Change.UPDATE:
            if not isinstance(value, Mapping):
                raise InvalidQueryError(f"{column}: 'update' wants a dict, not {value!r}")
            return {_element(column, 0, k): _element(column, 1, v) for k, v in value.items()}
    elements = [_element(column, 0, each) for each in _several(value)]
    return elements if isinstance(column.cql_type, ListType) else set(elements)


def _index(column: Column, index: Any) -> int:
    if not isinstance(index, int) or not 0 <= index < 1 << 31:
        raise InvalidQueryError(f"{column}: {index!r} is no list index")
    return index


def _several(value: Any) -> Iterable[Any]:
    """A collection's elements; anything else is the one element, `"one"` included."""
    return value if isinstance(value, list | tuple | set | frozenset) else (value,)


def _pair(column: Column, change: Change, value: Any, first: str, second: str) -> tuple[Any, Any]:
    if not isinstance(value, tuple) or len(value) != 2:
        raise InvalidQueryError(
            f"{column}: {change.value!r} wants a tuple ({first}, {second}), not {value!r}"
        )
    return value


def _element(column: Column, position: int, value: Any) -> Any:
    """An element as pydantic reads it; refused if the collection could not hold it."""
    if value is None:
        raise InvalidQueryError(f"{column}: a collection holds no nulls")
    part = part_of(column, position)
    plain = coerced(column, part.encode, part.adapter, value)
    return plain if part.decode is None else part.decode(plain)


def _without(current: Any, gone: Any) -> Any:
    match current:
        case None:
            return None
        case dict():
            return {key: value for key, value in current.items() if key not in gone}
        case list():
            return [each for each in current if each not in gone]
    return set(current) - gone


def _with_item(current: Any, index: int, value: Any) -> Any:
    items = list(current or ())
    if index < len(items):
        items[index] = value
    return items


def _or_null(column: Column, value: Any) -> Any:
    """An empty collection is null in the database, so it reads as None where the field allows that."""
    return None if column.optional and not value else value


def _kind(column: Column) -> str:
    kinds = {ListType: "a list", SetType: "a set", MapType: "a dict"}
    kind = kinds.get(type(column.cql_type), "a plain value")
    return kind if is_collection(column.cql_type) or kind == "a plain value" else f"frozen: {kind}"


def _instead(column: Column) -> str:
    """What can be done to it."""
    if not is_collection(column.cql_type):
        return "assign the whole value"
    words = [change.value for change, kinds in _TAKEN_BY.items() if isinstance(column.cql_type, kinds)]
    return f"there are {', '.join(words)}"


@lru_cache(maxsize=4096)
def _field_validator(column: Column) -> SchemaValidator:
    """Of the field with its constraints, alone in a dict that is called as the model, so that an error names both."""
    annotation: Any = column.info.annotation
    for constraint in column.info.metadata:
        annotation = Annotated[annotation, constraint]
    alone: Any = TypedDict  # no type that a checker could know: it is made of a column
    schema = TypeAdapter(alone(column.model, {column.field: annotation})).core_schema
    # Said here, the name is in the error of every version of pydantic.
    return SchemaValidator(schema, CoreConfig(title=column.model))
