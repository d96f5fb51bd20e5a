"""What a select list's items are after planning: typed expressions over a row, of its group's aggregates, of constants."""

from collections.abc import Iterator
from typing import Literal, TypeAlias, assert_never

from coodie_memory.dialect import Dialect
from coodie_memory.plan import nodes
from coodie_memory.schema.model import Column
from coodie_memory.types.base import CqlType
from coodie_memory.types.uuids import LEGACY_TIMEUUID, TIMEUUID
from coodie_memory.value import Value

Attribute: TypeAlias = Literal["writetime", "maxwritetime", "ttl"]


class ColumnValue(Value):
    """A column."""

    type: CqlType
    column: Column


class FieldValue(Value):
    """A field of a user type's value."""

    type: CqlType
    operand: "Output"
    index: int


class ElementValue(Value):
    """A map's value for a key, or a set's member if it is one."""

    type: CqlType
    operand: "Output"
    key: nodes.Term
    name: str
    """The operand's, for messages."""


class SliceValue(Value):
    """The part of a set or map between two bounds, each inclusive and None where open."""

    type: CqlType
    operand: "Output"
    start: nodes.Term | None
    end: nodes.Term | None
    name: str
    """The operand's, for messages."""


class AttributeValue(Value):
    """WRITETIME, MAXWRITETIME or TTL of a column's cell or cells, or of those that a path leads to."""

    type: CqlType
    attribute: Attribute
    column: Column
    operand: "ColumnValue | FieldValue | ElementValue | SliceValue"


class TermValue(Value):
    """A constant or bound value, the same for all rows."""

    type: CqlType
    term: nodes.Term


class FunctionValue(Value):
    """A scalar function of other outputs."""

    type: CqlType
    function: nodes.Function
    arguments: "tuple[Output, ...]"


class AggregateValue(Value):
    """An aggregate over the rows of a group."""

    type: CqlType
    aggregate: nodes.Aggregate
    arguments: "tuple[Output, ...]"


class CompositeValue(Value):
    """A collection, tuple, user type or vector made of outputs; parts as in `nodes.Composite`."""

    type: CqlType
    parts: "tuple[Output, ...]"


Output: TypeAlias = (
    ColumnValue
    | FieldValue
    | ElementValue
    | SliceValue
    | AttributeValue
    | TermValue
    | FunctionValue
    | AggregateValue
    | CompositeValue
)


def answered_type(output: Output, dialect: Dialect) -> CqlType:
    """The type by which the output's column is described to clients."""
    if output.type is TIMEUUID and dialect.functions_answer_legacy_timeuuids:
        match output:
            case AggregateValue():
                return LEGACY_TIMEUUID
            case FunctionValue(function=function) if function.keyspace != "system":
                return LEGACY_TIMEUUID
    return output.type


def walk(output: Output) -> Iterator[Output]:
    """The output and all that it is made of."""
    yield output
    match output:
        case ColumnValue() | TermValue():
            return
        case FieldValue() | ElementValue() | SliceValue() | AttributeValue():
            yield from walk(output.operand)
        case FunctionValue() | AggregateValue():
            for argument in output.arguments:
                yield from walk(argument)
        case CompositeValue():
            for part in output.parts:
                yield from walk(part)
        case _:
            assert_never(output)


def columns_of(output: Output) -> Iterator[Column]:
    """The columns that the output reads."""
    for inner in walk(output):
        if isinstance(inner, ColumnValue):
            yield inner.column


def is_aggregate(output: Output) -> bool:
    """Whether the output folds rows anywhere inside."""
    # Most are columns, of which a wide table has many.
    return not isinstance(output, ColumnValue) and any(
        isinstance(inner, AggregateValue) for inner in walk(output)
    )
