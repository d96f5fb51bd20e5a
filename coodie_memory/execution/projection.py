"""From a live row to a result row: the outputs of a select list as closures.

Columns alone, the usual case, are picked from one flat tuple in a single step; everything else is computed from a
`Source`, which is filled anew for each row.
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias, TypeVar, assert_never

from coodie_memory.errors import InvalidRequest
from coodie_memory.execution.cells import reader
from coodie_memory.execution.context import Context
from coodie_memory.execution.evaluate import compiled
from coodie_memory.execution.picking import picking
from coodie_memory.execution.stamps import attribute_of
from coodie_memory.plan.composite import composed, without_nulls
from coodie_memory.plan.nodes import Term, evaluated
from coodie_memory.plan.outputs import (
    AggregateValue,
    AttributeValue,
    ColumnValue,
    CompositeValue,
    ElementValue,
    FieldValue,
    FunctionValue,
    Output,
    SliceValue,
    TermValue,
)
from coodie_memory.result import UNSET, Raw, Unset
from coodie_memory.schema.model import Column, Table
from coodie_memory.storage.row import Row
from coodie_memory.types.base import CqlType
from coodie_memory.types.collections import ListType, MapType, SetType
from coodie_memory.types.tuples import unpack as unpack_tuple
from coodie_memory.types.usertype import UserType

_T = TypeVar("_T")
Components: TypeAlias = tuple[bytes, ...]
Known: TypeAlias = tuple[Raw, ...]
"""The partition key's values, null in the source of an aggregate over nothing."""
Project: TypeAlias = Callable[[Components, Row | None, Row | None], tuple[Raw, ...]]
"""A result row of the partition key's values, the row and the static row."""


class Source:
    """The row at hand; `terms` are the values that are the same for all rows, `folded` those of the group's aggregates."""

    __slots__ = ("components", "context", "folded", "row", "static", "terms")

    def __init__(self, context: Context) -> None:
        self.context = context
        self.components: Known = ()
        self.row: Row | None = None
        self.static: Row | None = None
        self.folded: list[Raw] = []
        self.terms: list[Any] = []


Read: TypeAlias = Callable[[Source], Raw]
ReadBound: TypeAlias = Callable[[Source], Raw | Unset]


class Reads:
    """Compiles outputs; gathers the terms and aggregates that they need on the way."""

    def __init__(self) -> None:
        self.terms: list[Callable[[Source], Any]] = []
        self.aggregates: list[tuple[AggregateValue, tuple[Read, ...]]] = []

    def compiled(self, output: Output) -> Read:
        """The closure that gives the output's value."""
        match output:
            case ColumnValue():
                return _column(output.column)
            case TermValue():
                return self._once(_given(output.term, None))
            case FieldValue():
                return _field(self.compiled(output.operand), output)
            case ElementValue():
                return _element(self.compiled(output.operand), self.key(output), output)
            case SliceValue():
                return _slice(self.compiled(output.operand), self.bounds(output), output)
            case AttributeValue():
                return attribute_of(output, self)
            case FunctionValue():
                return self._function(output)
            case AggregateValue():
                return self._aggregate(output)
            case CompositeValue():
                return _composite(output.type, tuple(map(self.compiled, output.parts)))
            case _:
                assert_never(output)

    def prepared(self, context: Context) -> Source:
        """A source in which the terms have their values."""
        source = Source(context)
        for term in self.terms:
            source.terms.append(term(source))
        return source

    def key(self, of: ElementValue) -> Read:
        """The element's key, evaluated once for all rows."""
        what = f"value for element selection on {of.name}"
        given, is_index = _given(of.key, f"Invalid unset {what}"), isinstance(of.operand.type, ListType)

        def key(source: Source) -> Raw:
            raw = given(source)
            if raw is None and not (is_index or source.context.engine.dialect.selects_nothing_of_null):
                raise InvalidRequest(f"Invalid null {what}")
            return raw

        return self._once(key)

    def bounds(self, of: SliceValue) -> tuple[ReadBound | None, ReadBound | None]:
        """The slice's bounds, evaluated once for all rows; one that is unset leaves the slice open."""
        return self._bound(of.start, of.name), self._bound(of.end, of.name)

    def _bound(self, term: Term | None, name: str) -> ReadBound | None:
        if term is None:
            return None
        value = compiled(term)

        def bound(source: Source) -> Raw | Unset:
            raw = value(source.context)
            if raw is None:
                raise InvalidRequest(f"Invalid null value for slice selection on {name}")
            return raw

        return self._once(bound)

    def _once(self, read: Callable[[Source], _T]) -> Callable[[Source], _T]:
        """What is read before there is a row: the same for all of them."""
        index = len(self.terms)
        self.terms.append(read)
        return lambda source: source.terms[index]

    def _arguments(self, name: str, outputs: Sequence[Output]) -> tuple[Read, ...]:
        unset = f"Invalid unset value for argument in call to function {name}"
        return tuple(
            self._once(_given(argument.term, unset))
            if isinstance(argument, TermValue)
            else self.compiled(argument)
            for argument in outputs
        )

    def _function(self, output: FunctionValue) -> Read:
        function, arguments = output.function, self._arguments(output.function.name, output.arguments)
        if function.check is not None:
            self._check_once(output, *function.check)

        def value(source: Source) -> Raw:
            return evaluated(function, source.context, [read(source) for read in arguments])

        return self._once(value) if _is_settled(output) else value

    def _check_once(self, output: FunctionValue, position: int, check: Callable[[Raw], object]) -> None:
        if position < len(output.arguments) and isinstance(constant := output.arguments[position], TermValue):
            value = compiled(constant.term)

            def checked(source: Source) -> None:
                raw = value(source.context)
                if not isinstance(raw, Unset):
                    check(raw)

            self._once(checked)

    def _aggregate(self, output: AggregateValue) -> Read:
        index = len(self.aggregates)
        self.aggregates.append((output, self._arguments(output.aggregate.name, output.arguments)))
        return lambda source: source.folded[index]


def _given(term: Term, unset: str | None) -> Read:
    """What reads a term's value, with the refusal of one that is unset."""
    value = compiled(term)

    def given(source: Source) -> Raw:
        raw = value(source.context)
        if not isinstance(raw, Unset):
            return raw
        if unset is None:
            # Nobody looks at what is just sent back, and on the wire unset has no bytes.
            return b""
        raise InvalidRequest(unset)

    return given


def _is_settled(output: Output) -> bool:
    """Whether the output needs no row: servers compute what is pure once, before they look for any."""
    match output:
        case TermValue():
            return True
        case FunctionValue(function=function, arguments=parts) if function.is_pure and parts:
            return all(map(_is_settled, parts))
        case CompositeValue(parts=parts):
            return all(map(_is_settled, parts))
        case _:
            return False


def columns_only(table: Table, outputs: Sequence[Output]) -> Project | None:
    """The projection of a select list of columns that are stored as they are sent; None for any other."""
    columns = [output.column for output in outputs if isinstance(output, ColumnValue)]
    if len(columns) < len(outputs) or any(column.type.is_multicell for column in columns):
        return None
    keys, clusterings = len(table.partition_key), len(table.clustering)
    width = 1 + max((column.slot for column in columns if column.kind == "regular"), default=-1)
    static_width = 1 + max((column.slot for column in columns if column.is_static), default=-1)
    starts = {
        "partition_key": 0,
        "clustering": keys,
        "regular": keys + clusterings,
        "static": keys + clusterings + width,
    }
    pick = picking(
        [starts[column.kind] + (column.position if column.is_key else column.slot) for column in columns]
    )
    nothing, no_statics, no_clustering = (None,) * width, (None,) * static_width, (None,) * clusterings

    def project(components: Components, row: Row | None, _static: Row | None) -> tuple[Raw, ...]:
        if row is None:
            return pick((*components, *no_clustering, *nothing))
        values = row.values
        if len(values) < width:
            values = (*values, *nothing)
        return pick(components + row.clustering + values)

    def project_with_statics(components: Components, row: Row | None, static: Row | None) -> tuple[Raw, ...]:
        clustering, values = (no_clustering, ()) if row is None else (row.clustering, row.values)
        statics = () if static is None else static.values
        flat = (
            *components,
            *clustering,
            *(*values, *nothing)[:width],
            *(*statics, *no_statics)[:static_width],
        )
        return pick(flat)

    return project_with_statics if static_width else project


def _column(column: Column) -> Read:
    position = column.position
    match column.kind:
        case "partition_key":
            return lambda source: source.components[position]
        case "clustering":
            return lambda source: None if source.row is None else source.row.clustering[position]
        case "static":
            read = reader(column)
            return lambda source: read(source.static)
        case "regular":
            read = reader(column)
            return lambda source: read(source.row)
        case _:
            assert_never(column.kind)


def _field(operand: Read, output: FieldValue) -> Read:
    kind, index = output.operand.type, output.index
    assert isinstance(kind, UserType)
    size = len(kind.field_types)

    def field(source: Source) -> Raw:
        raw = operand(source)
        return unpack_tuple(raw, size)[index] if raw else None

    return field


def _element(operand: Read, key: Read, output: ElementValue) -> Read:
    kind = output.operand.type
    if isinstance(kind, ListType):
        return _list_element(operand, key, kind)
    assert isinstance(kind, SetType | MapType)
    order = kind.key.order if isinstance(kind, MapType) else kind.element.order

    def element(source: Source) -> Raw:
        wanted = key(source)
        raw = operand(source)
        if wanted is None or raw is None:
            return None
        wanted_order = order(wanted)
        return next((value for path, value in entries(kind, raw) if order(path) == wanted_order), None)

    return element


def _list_element(operand: Read, key: Read, kind: ListType) -> Read:
    def element(source: Source) -> Raw:
        wanted, raw = key(source), operand(source)
        if wanted is None or raw is None:
            return None
        index, elements = int.from_bytes(wanted, "big", signed=True), list(kind.unpack(raw))
        return elements[index] if 0 <= index < len(elements) else None

    return element


def _slice(operand: Read, bounds: tuple[ReadBound | None, ReadBound | None], output: SliceValue) -> Read:
    kind = output.operand.type
    assert isinstance(kind, SetType | MapType)
    order = kind.key.order if isinstance(kind, MapType) else kind.element.order
    start, end = bounds

    def limit(bound: ReadBound | None, source: Source) -> Any:
        raw = None if bound is None else bound(source)
        return order(raw) if isinstance(raw, bytes) else UNSET

    def part(source: Source) -> Raw:
        least, greatest = limit(start, source), limit(end, source)
        raw = operand(source)
        if raw is None:
            return None
        kept = [
            (path, value)
            for path, value in entries(kind, raw)
            if not (least is not UNSET and order(path) < least)
            and not (greatest is not UNSET and greatest < order(path))
        ]
        if not kept and kind.is_multicell:
            return None
        return kind.pack(kept) if isinstance(kind, MapType) else kind.pack([path for path, _ in kept])

    return part


def entries(kind: SetType | MapType, raw: bytes) -> list[tuple[bytes, bytes]]:
    """Path and value of each element; a set's member is both."""
    if isinstance(kind, MapType):
        return kind.unpack(raw)
    return [(element, element) for element in kind.unpack(raw)]


def _composite(kind: CqlType, parts: tuple[Read, ...]) -> Read:
    if isinstance(kind, ListType):
        # A list that a select list makes may hold nulls.
        return lambda source: kind.pack([part(source) for part in parts])
    if isinstance(kind, MapType):
        keys, values = parts[::2], parts[1::2]
        # And such a map nulls for values: only keys are compared.
        return lambda source: kind.pack(
            zip(
                without_nulls([key(source) for key in keys], "collections"),
                [value(source) for value in values],
                strict=True,
            )
        )

    def whole(source: Source) -> Raw:
        raw = composed(kind, [part(source) for part in parts])
        return None if isinstance(raw, Unset) else raw

    return whole
