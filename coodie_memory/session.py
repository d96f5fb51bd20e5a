"""The whole pipeline on one screen: text → tree → plan → closure → result.

A text is parsed, planned and compiled once; executing it again costs a dictionary look-up. Plans hold for one schema,
so a schema statement outdates all of them, and the next execution plans anew.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import md5
from typing import Any, TypeAlias, TypeVar

from coodie_memory.cql import ast
from coodie_memory.cql.statements import parse
from coodie_memory.dialect import Dialect
from coodie_memory.engine import Engine
from coodie_memory.errors import InvalidRequest
from coodie_memory.execution import executor
from coodie_memory.execution.batch import BatchEntry, execute_entries
from coodie_memory.execution.context import DEFAULTS, Bound, Context, Options
from coodie_memory.plan import planner
from coodie_memory.result import UNSET, ColumnSpec, Result, Rows, SetKeyspace
from coodie_memory.schema.catalog import Schema
from coodie_memory.types.base import MarshalError
from coodie_memory.types.quoting import identifier
from coodie_memory.value import replace

V = TypeVar("V")
Values: TypeAlias = Sequence[Any] | Mapping[str, Any]
_PLANS = 4096
_CACHED_TEXT = 8192
"""Longer texts are hardly ever sent twice, and would keep their length alive."""


@dataclass(frozen=True, eq=False)
class Prepared:
    """A statement ready to run under the schema it was planned for; `markers` are what it must be given, in order."""

    id: bytes
    text: str
    keyspace: str | None
    schema: Schema
    plan: planner.Plan
    markers: tuple[ColumnSpec, ...]
    run: Callable[[Context], Result]
    encoders: tuple[Callable[[Any], bytes], ...]


class Plans:
    """The prepared statements of one engine: bounded, shared by its sessions."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._prepared: dict[tuple[str | None, str], Prepared] = {}

    def prepared(self, text: str, keyspace: str | None) -> Prepared:
        """The statement, planned for the present schema."""
        found = self._prepared.get((keyspace, text))
        if found is not None and found.schema is self._engine.schema:
            return found
        made = self._prepare(text, keyspace)
        if len(text) <= _CACHED_TEXT:
            self._prepared.pop((keyspace, text), None)
            self._prepared[keyspace, text] = made
            if len(self._prepared) > _PLANS:
                del self._prepared[next(iter(self._prepared))]
        return made

    def _prepare(self, text: str, keyspace: str | None) -> Prepared:
        schema = self._engine.schema
        tree = _parsed(text, self._engine.dialect)
        plan, markers = planner.plan(tree, schema, keyspace, self._engine.dialect)
        return Prepared(
            md5(((keyspace or "") + text).encode(), usedforsecurity=False).digest(),
            text,
            keyspace,
            schema,
            plan,
            markers,
            executor.compiled(plan),
            tuple(marker.type.encode for marker in markers),
        )


class Session:
    """One client's conversation: its keyspace, and statements executed one after the other. Threads may share it."""

    def __init__(self, engine: Engine, plans: Plans, keyspace: str | None = None) -> None:
        self._engine = engine
        self._plans = plans
        self.keyspace = keyspace

    def use(self, keyspace: str) -> None:
        """Use a keyspace, as USE does; the name is taken as it is."""
        self._run(self._plans.prepared(f"USE {identifier(keyspace)}", None), (), DEFAULTS)

    def prepare(self, text: str) -> Prepared:
        """The statement, checked as far as it can be without values."""
        with self._engine.lock:
            return self._plans.prepared(text, self.keyspace)

    def execute(
        self, query: str | Prepared, values: Values = (), options: Options = DEFAULTS, **changes: Any
    ) -> Result:
        """Run a statement with Python values, positional or by marker name; `changes` are fields of `options`.

        Raises the `CqlError` that a server would answer; then nothing has changed.
        """
        with self._engine.lock:
            prepared = self._current(query)
            return self._run(
                prepared,
                encoded(prepared, values),
                replace(options, **changes) if changes else options,
                are_valid=True,
            )

    def execute_raw(
        self,
        query: str | Prepared,
        values: Sequence[Bound] | Mapping[str, Bound] = (),
        options: Options = DEFAULTS,
    ) -> Result:
        """The same with values in wire bytes."""
        with self._engine.lock:
            prepared = self._current(query)
            given = arranged(prepared, values)
            return self._run(prepared, given, options, are_valid=_are_valid(prepared, given))

    def execute_batch(
        self,
        statements: Sequence[tuple[str | Prepared, Values]],
        kind: ast.BatchKind = "LOGGED",
        options: Options = DEFAULTS,
        **changes: Any,
    ) -> Result:
        """Run INSERT, UPDATE and DELETE statements together, each with its own values."""
        with self._engine.lock:
            entries = []
            for query, given in statements:
                prepared = self._current(query)
                entries.append(BatchEntry(prepared.run, encoded(prepared, given)))
            context = Context(self._engine, (), replace(options, **changes))
            return _with_warnings(execute_entries(entries, kind, context), context.warnings)

    def _current(self, query: str | Prepared) -> Prepared:
        if isinstance(query, str):
            return self._plans.prepared(query, self.keyspace)
        if query.schema is self._engine.schema:
            return query
        return self._plans.prepared(query.text, query.keyspace)

    def _run(
        self, prepared: Prepared, values: Sequence[Bound], options: Options, *, are_valid: bool = False
    ) -> Result:
        context = Context(self._engine, values, options, are_valid=are_valid)
        result = prepared.run(context)
        if context.warnings:
            result = _with_warnings(result, context.warnings)
        if isinstance(result, SetKeyspace):
            self.keyspace = result.keyspace
        return result


def _with_warnings(result: Result, warnings: Sequence[str]) -> Result:
    if not isinstance(result, Rows):
        return replace(result, warnings=tuple(warnings))
    result.warnings = tuple(warnings)
    return result


def encoded(prepared: Prepared, values: Values) -> list[Bound]:
    """Python values as wire bytes, in the order of the markers."""
    # Whether something is a mapping takes longer to ask than a number takes to encode.
    if values.__class__ is not tuple or len(values) != len(prepared.encoders):
        values = arranged(prepared, values)
    return [
        value if value is None or value is UNSET else encode(value)
        for encode, value in zip(prepared.encoders, values, strict=True)
    ]


def arranged(prepared: Prepared, values: Sequence[V] | Mapping[str, V]) -> Sequence[V]:
    """The values in the order of the markers, one for each."""
    markers = prepared.markers
    if isinstance(values, Mapping):
        missing = [marker.name for marker in markers if marker.name not in values]
        if missing:
            raise InvalidRequest(f"Invalid amount of bind variables: no value for {', '.join(missing)}")
        return [values[marker.name] for marker in markers]
    if len(values) != len(markers):
        raise InvalidRequest(f"there were {len(markers)} markers(?) in CQL but {len(values)} bound variables")
    return values


def _are_valid(prepared: Prepared, values: Sequence[Bound]) -> bool:
    """Whether all values are of their markers' types; what is not is refused where it is used."""
    try:
        for marker, value in zip(prepared.markers, values, strict=True):
            if isinstance(value, bytes):
                marker.type.validate(value)
    except MarshalError:
        return False
    return True


@lru_cache(maxsize=2048)
def _parsed_cached(text: str, dialect: Dialect) -> ast.Statement:
    return parse(text, dialect)


def _parsed(text: str, dialect: Dialect) -> ast.Statement:
    return _parsed_cached(text, dialect) if len(text) <= _CACHED_TEXT else parse(text, dialect)
