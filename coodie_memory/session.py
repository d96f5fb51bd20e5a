"""The whole pipeline on one screen: text → tree → plan → closure → result.

A text is parsed, planned and compiled once; executing it again costs a dictionary look-up. Plans hold for one schema,
so a schema statement outdates all of them, and the next execution plans anew what looked into a changed keyspace.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property, lru_cache
from hashlib import md5
from operator import call
from typing import Any, TypeAlias, TypeVar

from coodie_memory.cql import ast
from coodie_memory.cql.statements import parse
from coodie_memory.dialect import Dialect
from coodie_memory.engine import Engine
from coodie_memory.errors import InvalidRequest
from coodie_memory.execution import consistency, executor, roles
from coodie_memory.execution.batch import BatchEntry, execute_entries
from coodie_memory.execution.context import DEFAULTS, Bound, Context, Options
from coodie_memory.plan import outdated, planner
from coodie_memory.plan.batch import BatchPlan
from coodie_memory.plan.demands import AnyDemand, demands
from coodie_memory.plan.roles.standing import Standing
from coodie_memory.plan.scope import Scope
from coodie_memory.plan.select import SelectPlan
from coodie_memory.plan.tableless import TablelessPlan
from coodie_memory.plan.write import WritePlan
from coodie_memory.result import UNSET, ColumnSpec, Metadata, Result, Rows, SetKeyspace
from coodie_memory.schema.catalog import Schema
from coodie_memory.types.base import InvalidValue, MarshalError
from coodie_memory.types.quoting import identifier
from coodie_memory.types.strictness import validator
from coodie_memory.value import Value, replace

V = TypeVar("V")
Values: TypeAlias = Sequence[Any] | Mapping[str, Any]
_BYTES = frozenset({bytes})
_PLANS = 4096
_CACHED_TEXT = 8192
"""Longer texts are hardly ever sent twice, and would keep their length alive."""


class Prepared(Value, caches=True, identity=True):
    """A statement ready to run under the schema it was planned for; `markers` are what it must be given, in order."""

    text: str
    keyspace: str | None
    schema: Schema
    plan: planner.Plan
    scope: Scope
    markers: tuple[ColumnSpec, ...]
    run: Callable[[Context], Result]
    encoders: tuple[Callable[[Any], bytes], ...]

    @cached_property
    def id(self) -> bytes:
        """The server's digest of text and keyspace, or of a text alone that names all its tables in full."""
        keyspace = "" if self.scope.is_qualified else self.keyspace or ""
        return md5((keyspace + self.text).encode(), usedforsecurity=False).digest()

    def is_outdated(self, schema: Schema) -> bool:
        """Whether a server has forgotten it, under a later schema: what was prepared is to be prepared again."""
        return schema is not self.schema and outdated.is_outdated(self.plan, self.scope, schema)

    @cached_property
    def demands(self) -> tuple[AnyDemand, ...]:
        """What whoever executes it must be allowed to do."""
        return demands(_parsed(self.text, self.scope.dialect), self.scope)

    @cached_property
    def validators(self) -> tuple[Callable[[bytes], None], ...]:
        """What raises `MarshalError` at a marker's value that came over a wire and is not of its type."""
        is_strict = self.scope.dialect.strict_utf8
        return tuple([validator(marker.type, is_strict=is_strict) for marker in self.markers])

    @cached_property
    def stores(self) -> bool:
        """Whether it makes data more."""
        return _stores(self.plan)

    @cached_property
    def is_conditional(self) -> bool:
        """Whether the rows of its result, and their columns, tell how its IF went."""
        match self.plan:
            case WritePlan(condition=condition):
                return condition is not None
            case BatchPlan():
                return self.plan.is_conditional
            case _:
                return False

    @cached_property
    def columns(self) -> Metadata | None:
        """The columns of its result as far as the plan knows them; None of what gives no rows, or only by a condition."""
        return self.plan.metadata if isinstance(self.plan, SelectPlan | TablelessPlan) else None


class Plans:
    """The prepared statements of one engine: bounded, shared by its sessions."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._prepared: dict[tuple[str | None, str], Prepared] = {}

    def prepared(self, text: str, keyspace: str | None) -> Prepared:
        """The statement, planned for the present schema."""
        found = self._prepared.get((keyspace, text)) or self._qualified(text)
        if found is not None and found.schema is self._engine.schema:
            return found
        made = self._prepare(text, keyspace) if found is None else self._renewed(found)
        if len(text) <= _CACHED_TEXT:
            key = None if made.scope.is_qualified else keyspace, text
            self._prepared.pop(key, None)
            self._prepared[key] = made
            if len(self._prepared) > _PLANS:
                del self._prepared[next(iter(self._prepared))]
        return made

    def _qualified(self, text: str) -> Prepared | None:
        """The statement, if it is the same in every keyspace: what drivers ask of the schema they ask on several connections."""
        found = self._prepared.get((None, text))
        return found if found is not None and found.scope.is_qualified else None

    def _renewed(self, prepared: Prepared) -> Prepared:
        schema, scope = self._engine.schema, prepared.scope
        if scope.dialect is self._engine.dialect and outdated.is_untouched(prepared.plan, scope, schema):
            # Around each schema statement drivers read tables of the server's own, which have not changed.
            return replace(prepared, schema=schema)
        return self._prepare(prepared.text, prepared.keyspace)

    def _prepare(self, text: str, keyspace: str | None) -> Prepared:
        schema = self._engine.schema
        tree = _parsed(text, self._engine.dialect)
        plan, scope = planner.plan(tree, schema, keyspace, self._engine.dialect, self._engine.code)
        markers = scope.markers
        return Prepared(
            text,
            keyspace,
            schema,
            plan,
            scope,
            markers,
            executor.compiled(plan),
            tuple(marker.type.encode for marker in markers),
        )


class Session:
    """One client's conversation: its keyspace, and statements executed one after the other. Threads may share it.

    `user` is the role that has logged in; None may do all that does not take somebody.
    """

    def __init__(
        self, engine: Engine, plans: Plans, keyspace: str | None = None, user: str | None = None
    ) -> None:
        self._engine = engine
        self._plans = plans
        self.keyspace = keyspace
        self.user = user

    def use(self, keyspace: str) -> None:
        """Use a keyspace, as USE does; the name is taken as it is."""
        self._run(self._plans.prepared(f"USE {identifier(keyspace)}", None), Context(self._engine, ()))

    def prepare(self, text: str, keyspace: str | None = None) -> Prepared:
        """The statement, checked as far as it can be without values; `keyspace` stands in for the session's."""
        with self._engine.lock:
            made = self._plans.prepared(text, keyspace or self.keyspace)
            if self.user is None:
                roles.refuse_anonymous(made.plan, self._engine)
            return made

    def has_forgotten(self, prepared: Prepared) -> bool:
        """Whether the present schema makes it unknown to a server."""
        return prepared.is_outdated(self._engine.schema)

    def renewed(self, prepared: Prepared) -> Prepared:
        """The statement as it is to be run under the present schema."""
        if prepared.schema is self._engine.schema:
            return prepared
        with self._engine.lock:
            return self._plans.prepared(prepared.text, prepared.keyspace)

    def execute(
        self, query: str | Prepared, values: Values = (), options: Options = DEFAULTS, **changes: Any
    ) -> Result:
        """Run a statement with Python values, positional or by marker name; `changes` are fields of `options`.

        Raises the `CqlError` that a server would answer; then nothing has changed.
        """
        engine = self._engine
        with engine.lock:
            prepared = self._current(query)
            if isinstance(query, str):
                _require_all(prepared, values)
            given = options._replace(**changes) if changes else options
            bound, are_whole = encoded(prepared, values)
            context = Context(engine, bound, given)
            context.are_valid, context.are_whole = True, are_whole
            result = self._run(prepared, context)
        if engine.news:
            engine.publish()
        return result

    def execute_raw(
        self,
        query: str | Prepared,
        values: Sequence[Bound] | Mapping[str, Bound] = (),
        options: Options = DEFAULTS,
    ) -> Result:
        """The same with values in wire bytes."""
        with self._engine.lock:
            prepared = self._current(query)
            if isinstance(query, str):
                _require_all(prepared, values)
            given = arranged(prepared, values)
            context = Context(self._engine, given, options)
            context.are_valid = _are_valid(prepared, given)
            context.are_whole = context.are_valid and _BYTES.issuperset(map(type, given))
            result = self._run(prepared, context)
        if self._engine.news:
            self._engine.publish()
        return result

    def execute_batch(
        self,
        statements: Sequence[tuple[str | Prepared, Values]],
        kind: ast.BatchKind = "LOGGED",
        options: Options = DEFAULTS,
        **changes: Any,
    ) -> Result:
        """Run INSERT, UPDATE and DELETE statements together, each with its own values."""
        with self._engine.lock:
            prepared = [self._current(query) for query, _ in statements]
            values = [encoded(each, given)[0] for each, (_, given) in zip(prepared, statements, strict=True)]
            return self.execute_batch_raw(
                [*zip(prepared, values, strict=True)],
                kind,
                options._replace(**changes) if changes else options,
            )

    def execute_batch_raw(
        self,
        statements: Sequence[tuple[Prepared, Sequence[Bound]]],
        kind: ast.BatchKind = "LOGGED",
        options: Options = DEFAULTS,
    ) -> Result:
        """The same with prepared statements and values in wire bytes, one for each marker."""
        with self._engine.lock:
            current = [self._current(prepared) for prepared, _ in statements]
            context = Context(self._engine, (), options)
            if self.user is not None:
                self._authorize(current, self.user)
                context.user = self.user
            entries = [
                BatchEntry(prepared.run, values)
                for prepared, (_, values) in zip(current, statements, strict=True)
            ]
            if options.consistency in consistency.REPLICAS:
                refused = consistency.unavailable(
                    options.consistency, lambda: execute_entries(entries, kind, context), context
                )
                return _with_warnings(refused, context.warnings)
            return _with_warnings(execute_entries(entries, kind, context), context.warnings)

    def _current(self, query: str | Prepared) -> Prepared:
        # Who holds the lock and runs a function is that function.
        if self._engine.code.is_running:
            raise InvalidRequest("A user-defined function cannot execute statements")
        if isinstance(query, str):
            return self._plans.prepared(query, self.keyspace)
        if query.schema is self._engine.schema:
            return query
        return self._plans.prepared(query.text, query.keyspace)

    def _run(self, prepared: Prepared, context: Context) -> Result:
        if self.user is not None:
            self._authorize([prepared], self.user)
            context.user = self.user
        level = context.options.consistency
        if level in consistency.UNUSUAL:
            result = consistency.required(prepared.plan, level, prepared.run, context)
        else:
            result = prepared.run(context)
        if context.warnings:
            result = _with_warnings(result, context.warnings)
        # `isinstance` of a class whose class is not `type` is no short question, and every statement asks it.
        if result.__class__ is SetKeyspace:
            self.keyspace = result.keyspace
        return result

    def _authorize(self, statements: Iterable[Prepared], user: str) -> None:
        """Refuse what the user may not do."""
        standing = Standing(user, self._engine.roles, self._engine.schema, self._engine.dialect)
        for prepared in statements:
            for demand in prepared.demands:
                standing.fulfil(demand)


def _stores(plan: planner.Plan) -> bool:
    match plan:
        case WritePlan(kind=kind):
            return kind != "DELETE"
        case BatchPlan(writes=writes):
            return any(map(_stores, writes))
        case _:
            return False


def _are_valid(prepared: Prepared, values: Sequence[Bound]) -> bool:
    """Whether all values are of their markers' types; what is not is refused where it is used."""
    try:
        for validate, value in zip(prepared.validators, values, strict=True):
            if isinstance(value, bytes):
                validate(value)
    except MarshalError:
        return False
    return True


def _with_warnings(result: Result, warnings: Sequence[str]) -> Result:
    if not isinstance(result, Rows):
        return replace(result, warnings=tuple(warnings))
    result.warnings = tuple(warnings)
    return result


def encoded(prepared: Prepared, values: Values) -> tuple[list[Bound], bool]:
    """Python values as wire bytes, in the order of the markers, and whether none of them is null or unset."""
    # Whether something is a mapping takes longer to ask than a number takes to encode.
    if values.__class__ is not tuple or len(values) != len(prepared.encoders):
        values = arranged(prepared, values)
    try:
        # Null and unset are seldom: only who has them, or a value that is refused, pays for looking at each.
        return list(map(call, prepared.encoders, values)), True
    except InvalidValue:
        bound = [
            value if value is None or value is UNSET else encode(value)
            for encode, value in zip(prepared.encoders, values, strict=True)
        ]
        return bound, False


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


def _require_all(prepared: Prepared, values: Sequence[Any] | Mapping[str, Any]) -> None:
    """Refuse a text with too few values or too many, in the words for texts."""
    if len(values) != len(prepared.markers) and not isinstance(values, Mapping):
        raise InvalidRequest("Invalid amount of bind variables")


@lru_cache(maxsize=2048)
def _parsed_cached(text: str, dialect: Dialect) -> ast.Statement:
    return parse(text, dialect)


def _parsed(text: str, dialect: Dialect) -> ast.Statement:
    return _parsed_cached(text, dialect) if len(text) <= _CACHED_TEXT else parse(text, dialect)
