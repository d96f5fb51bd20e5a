"""What a caller writes about columns, made predicates, conditions and orders.

`priority__gte=5`, `Task.priority >= 5` and `{"priority__gte": 5}` all become a `Comparison`. A field or lookup that
does not exist, and a value that the column cannot hold, are refused here, at the call. Values are already bound:
plain, as `statement` promises them to a backend.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import lru_cache
from typing import Any, Generic, NoReturn, TypeVar, cast

from pydantic import TypeAdapter, ValidationError

from coodie.codecs import UNCONVERTIBLE, Convert
from coodie.cqltypes import ListType, MapType, Native, SetType, VectorType, mapped, spelling, unwrapped
from coodie.exceptions import InvalidQueryError
from coodie.predicates import (
    SLICES,
    Comparison,
    Every,
    Near,
    Operator,
    Order,
    Predicate,
    Token,
    TokenComparison,
    TupleComparison,
)
from coodie.schema import Column, TableSchema

T = TypeVar("T")


LOOKUPS: Mapping[str, Operator] = {
    "gt": Operator.GT,
    "gte": Operator.GTE,
    "lt": Operator.LT,
    "lte": Operator.LTE,
    "in": Operator.IN,
    "contains": Operator.CONTAINS,
    "contains_key": Operator.CONTAINS_KEY,
    "like": Operator.LIKE,
    "ne": Operator.NE,
}


@dataclass(frozen=True, slots=True)
class _Lookup:
    """The name of a lookup, taken apart."""

    columns: tuple[Column, ...]
    operator: Operator
    of_token: bool = False


def field(schema: TableSchema, name: str) -> Column:
    """The column of a field; `InvalidQueryError` with the close matches where there is none."""
    column = schema.by_field.get(name)
    if column is None:
        raise unknown(f"{schema.model} has no field {name!r}", name, schema.by_field)
    return column


def unknown(message: str, name: str, known: Iterable[str]) -> InvalidQueryError:
    """The refusal of a name, with what it may have meant to be."""
    names = list(known)
    if not names:
        return InvalidQueryError(message)
    close = get_close_matches(name, names)
    if close:
        return InvalidQueryError(f"{message}; did you mean {' or '.join(map(repr, close))}?")
    return InvalidQueryError(f"{message}; there are: {', '.join(names)}")


def predicates(
    schema: TableSchema, written: tuple[object, ...], lookups: Mapping[str, Any]
) -> tuple[Predicate, ...]:
    """What `find(*written, **lookups)` means."""
    return (
        *(_written(schema, part) for each in written for part in _parts(each)),
        *(_looked_up(schema, *each) for each in lookups.items()),
    )


def _parts(predicate: object) -> tuple[object, ...]:
    return predicate.parts if isinstance(predicate, Every) else (predicate,)


def conditions(schema: TableSchema, wanted: Mapping[str, Any] | None) -> tuple[Comparison, ...]:
    """What `if_conditions` means; unlike a predicate, a condition may ask for null."""
    if wanted is not None and not isinstance(wanted, Mapping):
        raise InvalidQueryError(
            f"conditions are a dict, {{'field': value, 'field__gt': value}}, not {wanted!r}"
        )
    return tuple(_condition(schema, name, value) for name, value in (wanted or {}).items())


def order(schema: TableSchema, wanted: "str | Expression[Any]") -> Order:
    """`"priority"`, `"-priority"`, `Task.priority`, `-Task.priority`."""
    name = wanted if isinstance(wanted, str) else wanted.order_name
    column = field(schema, name.removeprefix("-"))
    if not _is_scalar(column):
        raise InvalidQueryError(f"{column}: nothing can be sorted by {spelling(column.cql_type)}")
    return Order(column, name.startswith("-"))


def near(schema: TableSchema, wanted: "str | Expression[Any]", vector: Any) -> Near:
    """What `order_by_ann(column, vector)` means."""
    column = field(schema, names([wanted])[0])
    if not isinstance(column.cql_type, VectorType):
        raise InvalidQueryError(f"{column}: only a Vector() can be near to one")
    value = bound(column, vector)
    if column.index is not None and column.index.similarity == "COSINE" and not any(value):
        raise InvalidQueryError(f"{column}: a zero vector has no direction, so no COSINE to others")
    return Near(column, value)


def names(written: Iterable["str | Expression[Any]"]) -> tuple[str, ...]:
    """Field names, however they were written."""
    return tuple(each if isinstance(each, str) else each.column.field for each in written)


def _is_scalar(column: Column) -> bool:
    return isinstance(column.cql_type, Native) and column.cql_type.name != "duration"


def _written(schema: TableSchema, predicate: object) -> Predicate:
    if not isinstance(predicate, Comparison | TupleComparison | TokenComparison):
        raise InvalidQueryError(
            f"{predicate!r} is no predicate of {schema.model}; write {schema.model}.field >= value, or field__gte=value"
        )
    # A subclass inherits its parent's fields, but has columns of its own for them.
    if isinstance(predicate, Comparison):
        return replace(predicate, column=field(schema, predicate.column.field))
    columns = tuple(field(schema, column.field) for column in predicate.columns)
    if isinstance(predicate, TokenComparison) and columns != schema.partition_key:
        key = ", ".join(column.field for column in schema.partition_key)
        raise InvalidQueryError(f"{schema.model}: a token is of the whole partition key ({key})")
    return replace(predicate, columns=columns)


def _looked_up(schema: TableSchema, name: str, value: Any) -> Predicate:
    lookup = _lookup(schema, name)
    if lookup.of_token:
        return _of_token(schema, lookup, value)
    if len(lookup.columns) > 1:
        several = lookup.operator is Operator.IN and isinstance(value, Iterable)
        values = (
            tuple(_tuple(lookup.columns, each) for each in value)
            if several
            else _tuple(lookup.columns, value)
        )
        return TupleComparison(lookup.columns, lookup.operator, values)
    return comparison(lookup.columns[0], lookup.operator, value)


def _condition(schema: TableSchema, name: str, value: Any) -> Comparison:
    lookup = _lookup(schema, name)
    if lookup.of_token or len(lookup.columns) > 1:
        raise InvalidQueryError(f"{name!r} is no condition: a condition is on one column")
    column = lookup.columns[0]
    if column.is_key:
        raise InvalidQueryError(f"{column}: a condition on the key is not possible; use if_exists=True")
    if lookup.operator is Operator.LIKE:
        raise InvalidQueryError(
            f"{column}: __like is no condition; CQL knows = != < <= > >= IN and CONTAINS there"
        )
    if value is None:
        return Comparison(column, lookup.operator, None)
    return comparison(column, lookup.operator, value)


@lru_cache(maxsize=4096)
def _lookup(schema: TableSchema, name: str) -> _Lookup:
    """`field`, `field__lookup`, `field__token__lookup`, `field__field`, `field__field__lookup`."""
    if name in schema.by_field:
        return _Lookup((schema.by_field[name],), Operator.EQ)
    head, _, suffix = name.rpartition("__")
    operator = LOOKUPS.get(suffix)
    if operator is None:
        if all(part in schema.by_field for part in name.split("__")):
            return _Lookup(tuple(schema.by_field[part] for part in name.split("__")), Operator.EQ)
        raise _no_lookup(schema, name, head, suffix)
    if head in schema.by_field:
        return _Lookup((schema.by_field[head],), operator)
    of_token = head.removesuffix("__token")
    if of_token != head:
        return _Lookup((field(schema, of_token),), operator, of_token=True)
    return _Lookup(tuple(field(schema, each) for each in head.split("__")), operator)


_OF_OTHERS: Mapping[str, str] = {
    "exact": "leave the word out: field=value",
    "isnull": "nothing can search for null; keep a value that says so",
    "startswith": "__like='start%' with an index of class SASI, or, of a clustering column, __gte and __lt",
    "range": "say __gte and __lt",
    "not_in": "say __ne for each, which the client filters by",
    "exclude": "say __ne, which the client filters by",
}
"""Words that users of other mappers know, and what to say instead."""


def _no_lookup(schema: TableSchema, name: str, head: str, suffix: str) -> InvalidQueryError:
    if head in schema.by_field and suffix in _OF_OTHERS:
        raise InvalidQueryError(f"{schema.model}: CQL has no {suffix!r} ({name}); {_OF_OTHERS[suffix]}")
    if head.removesuffix("__token") in schema.by_field:
        return unknown(f"{schema.model} has no lookup {suffix!r} (in {name!r})", suffix, LOOKUPS)
    wanted = head or name
    return unknown(f"{schema.model} has no field {wanted!r}", wanted, schema.by_field)


def comparison(column: Column, operator: Operator, value: Any) -> Comparison:
    """The comparison with its value bound; refused where operator, column and value do not fit."""
    match operator:
        case Operator.IN:
            if isinstance(value, str | bytes) or not isinstance(value, Iterable):
                raise InvalidQueryError(f"{column}: __in wants several values, not {value!r}")
            return Comparison(column, operator, [bound(column, each) for each in value])
        case Operator.CONTAINS | Operator.CONTAINS_KEY:
            return Comparison(column, operator, _bound_element(column, operator, value))
        case Operator.LIKE:
            if column.cql_type not in (Native("text"), Native("ascii")):
                raise InvalidQueryError(f"{column}: __like works on text")
    return Comparison(column, operator, bound(column, value))


def bound(column: Column, value: Any) -> Any:
    """A value to compare with: coerced as pydantic does it, never null, and in the column's range."""
    if value is None:
        raise InvalidQueryError(f"{column}: CQL cannot search for null")
    return coerced(column, column.codec.encode, _adapter(column), value)


def coerced(column: Column, encode: Convert, adapter: TypeAdapter[Any], value: Any) -> Any:
    """The bound value; what is not of the column's type goes through pydantic first, as in a document."""
    try:
        return encode(value)
    except UNCONVERTIBLE:
        pass  # `suppress` would take longer than all else that a read by key does with a value
    try:
        return encode(adapter.validate_python(value))
    except (ValidationError, *UNCONVERTIBLE) as error:
        reason = error.errors()[0]["msg"] if isinstance(error, ValidationError) else error
        raise InvalidQueryError(f"{column}: {value!r} does not fit: {reason}") from error


def _bound_element(column: Column, operator: Operator, value: Any) -> Any:
    match column.cql_type:
        case MapType():
            part = 0 if operator is Operator.CONTAINS_KEY else 1
        case ListType() | SetType() if operator is Operator.CONTAINS:
            part = 0
        case _:
            lookup = "__contains" if operator is Operator.CONTAINS else "__contains_key"
            kind = "a list, set or dict" if operator is Operator.CONTAINS else "a dict"
            raise InvalidQueryError(f"{column}: {lookup} works on {kind}")
    if value is None:
        raise InvalidQueryError(f"{column}: a collection holds no nulls")
    element = part_of(column, part)
    return coerced(column, element.encode, element.adapter, value)


@dataclass(frozen=True, slots=True)
class Part:
    """A collection's element, key or value."""

    encode: Convert
    decode: Convert | None
    adapter: TypeAdapter[Any]


@lru_cache(maxsize=4096)
def part_of(column: Column, position: int) -> Part:
    """The element of a list or set (0), the key (0) or value (1) of a map."""
    annotation = unwrapped(column.info.annotation).base.__args__[position]
    codec = mapped(annotation).codec
    return Part(codec.encode, codec.decode, TypeAdapter(annotation))


@lru_cache(maxsize=4096)
def _adapter(column: Column) -> TypeAdapter[Any]:
    """The field's type without its constraints, which are about documents, not about questions."""
    annotation: Any = column.info.annotation
    return TypeAdapter(annotation)


def _of_token(schema: TableSchema, lookup: _Lookup, value: Any) -> TokenComparison:
    if lookup.columns[0] is not schema.partition_key[0] or lookup.operator not in (*SLICES, Operator.EQ):
        fields = ", ".join(column.field for column in schema.partition_key)
        raise InvalidQueryError(
            f"{lookup.columns[0]}: __token wants the partition key ({fields}) and one of gt, gte, lt, lte"
        )
    if isinstance(value, Token):
        return TokenComparison(schema.partition_key, lookup.operator, value)
    return TokenComparison(schema.partition_key, lookup.operator, _key(schema.partition_key, value))


def _key(columns: tuple[Column, ...], key: Any) -> tuple[Any, ...]:
    try:
        return _tuple(columns, key if isinstance(key, tuple) else (key,))
    except InvalidQueryError as error:
        if isinstance(key, int):
            raise InvalidQueryError(f"{error}; a raw token is Token({key})") from error
        raise


def _tuple(columns: tuple[Column, ...], value: Any) -> tuple[Any, ...]:
    if not isinstance(value, tuple) or len(value) != len(columns):
        wanted = ", ".join(column.field for column in columns)
        raise InvalidQueryError(
            f"{columns[0].model}: ({wanted}) wants a tuple of {len(columns)} values, not {value!r}"
        )
    return tuple(bound(column, each) for column, each in zip(columns, value, strict=True))


class Expression(Generic[T]):
    """A field of a model class, to be compared: `Task.priority >= 5`, `col(Task.name).in_(["a", "b"])`."""

    __slots__ = ("column", "descending")

    def __init__(self, column: Column, *, descending: bool = False) -> None:
        self.column = column
        self.descending = descending

    def __eq__(self, value: object) -> Comparison:  # type: ignore[override]  # a predicate, as every ORM does it
        return comparison(self.column, Operator.EQ, value)

    def __ne__(self, value: object) -> Comparison:  # type: ignore[override]  # as above
        return comparison(self.column, Operator.NE, value)

    def __lt__(self, value: T) -> Comparison:
        return comparison(self.column, Operator.LT, value)

    def __le__(self, value: T) -> Comparison:
        return comparison(self.column, Operator.LTE, value)

    def __gt__(self, value: T) -> Comparison:
        return comparison(self.column, Operator.GT, value)

    def __ge__(self, value: T) -> Comparison:
        return comparison(self.column, Operator.GTE, value)

    def __neg__(self) -> "Expression[T]":
        return Expression(self.column, descending=not self.descending)

    def __hash__(self) -> int:
        return hash((self.column, self.descending))

    def __and__(self, other: object) -> NoReturn:
        raise InvalidQueryError(
            f"{self.column} has no & and |, which Python reads before it compares: "
            f"put each comparison in parentheses, (Task.priority > 3) & (Task.status == 'open')"
        )

    __rand__ = __or__ = __ror__ = __and__

    def __bool__(self) -> bool:
        raise InvalidQueryError(f"{self.column} is a column here, without a value; read it from a document")

    def __repr__(self) -> str:
        return f"{'-' if self.descending else ''}{self.column}"

    @property
    def order_name(self) -> str:
        """As `order_by` writes it."""
        return f"{'-' if self.descending else ''}{self.column.field}"

    def in_(self, values: Iterable[T]) -> Comparison:
        """Equal to one of them."""
        return comparison(self.column, Operator.IN, values)

    def contains(self, element: Any) -> Comparison:
        """A list or set that holds it, a dict with that value."""
        return comparison(self.column, Operator.CONTAINS, element)

    def contains_key(self, key: Any) -> Comparison:
        """A dict with that key."""
        return comparison(self.column, Operator.CONTAINS_KEY, key)

    def like(self, pattern: str) -> Comparison:
        """A text that matches, `%` standing for anything."""
        return comparison(self.column, Operator.LIKE, pattern)


def col(attribute: T) -> Expression[T]:
    """The same column, typed as one: type checkers see a field's value in `Task.priority`."""
    if not isinstance(attribute, Expression):
        raise InvalidQueryError(f"{attribute!r} is no column; write col(Model.field)")
    return cast("Expression[T]", attribute)


@dataclass(frozen=True, slots=True, eq=False)
class Together:
    """Several clustering columns, compared as CQL compares tuples: `tuple_(Event.hour, Event.minute) > (3, 30)`."""

    columns: tuple[Column, ...]

    def __eq__(self, values: object) -> TupleComparison:  # type: ignore[override]  # as an `Expression`
        return self._compared(Operator.EQ, values)

    def __lt__(self, values: tuple[Any, ...]) -> TupleComparison:
        return self._compared(Operator.LT, values)

    def __le__(self, values: tuple[Any, ...]) -> TupleComparison:
        return self._compared(Operator.LTE, values)

    def __gt__(self, values: tuple[Any, ...]) -> TupleComparison:
        return self._compared(Operator.GT, values)

    def __ge__(self, values: tuple[Any, ...]) -> TupleComparison:
        return self._compared(Operator.GTE, values)

    __hash__ = None  # type: ignore[assignment]  # equality is the server's

    def in_(self, several: Iterable[tuple[Any, ...]]) -> TupleComparison:
        """Equal to one of them."""
        values = tuple(_tuple(self.columns, each) for each in several)
        return TupleComparison(self.columns, Operator.IN, values)

    def _compared(self, operator: Operator, values: object) -> TupleComparison:
        return TupleComparison(self.columns, operator, _tuple(self.columns, values))


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """Where on the ring a partition is: `token(Pair.left, Pair.right) > (1, 2)`, or a raw `Token`."""

    columns: tuple[Column, ...]

    def __eq__(self, key: object) -> TokenComparison:  # type: ignore[override]  # as an `Expression`
        return self._compared(Operator.EQ, key)

    def __lt__(self, key: object) -> TokenComparison:
        return self._compared(Operator.LT, key)

    def __le__(self, key: object) -> TokenComparison:
        return self._compared(Operator.LTE, key)

    def __gt__(self, key: object) -> TokenComparison:
        return self._compared(Operator.GT, key)

    def __ge__(self, key: object) -> TokenComparison:
        return self._compared(Operator.GTE, key)

    __hash__ = None  # type: ignore[assignment]  # equality is the server's

    def _compared(self, operator: Operator, key: object) -> TokenComparison:
        if isinstance(key, Token):
            return TokenComparison(self.columns, operator, key)
        return TokenComparison(self.columns, operator, _key(self.columns, key))


def tuple_(*attributes: object) -> Together:
    """Several clustering columns as one value, in the order of the key."""
    return Together(tuple(col(each).column for each in attributes))


def token(*attributes: object) -> Place:
    """The token of the partition key, whose columns these are."""
    return Place(tuple(col(each).column for each in attributes))
