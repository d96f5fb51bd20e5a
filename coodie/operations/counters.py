"""What counting means: changes that are sent as they are said, and never twice."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from coodie import cql
from coodie.assignments import Change, counts
from coodie.batch import BatchBase
from coodie.document import DocumentBase, changed, schema_of, take_over
from coodie.operations.steps import Operation
from coodie.operations.writes import how, require, write
from coodie.queryset import Options
from coodie.rows import bound_key
from coodie.schema import TableKind
from coodie.statement import Consistency


def increment(
    document: DocumentBase,
    /,
    consistency: Consistency | None = None,
    timeout: float | None = None,
    batch: BatchBase | None = None,
    **deltas: int,
) -> Operation[None]:
    """Add to counters; the document counts along."""
    yield from _count(document, Change.INCREMENT, deltas, how(consistency, None, timeout), batch)


def decrement(
    document: DocumentBase,
    /,
    consistency: Consistency | None = None,
    timeout: float | None = None,
    batch: BatchBase | None = None,
    **deltas: int,
) -> Operation[None]:
    """Subtract from counters; the document counts along."""
    yield from _count(document, Change.DECREMENT, deltas, how(consistency, None, timeout), batch)


def _count(
    document: DocumentBase,
    /,
    change: Change,
    deltas: Mapping[str, int],
    options: Options,
    batch: BatchBase | None,
) -> Operation[None]:
    schema = require(schema_of(type(document)), TableKind.COUNTERS, change.value)
    wanted = counts(schema, change, deltas)
    if not wanted:
        return
    after = changed(document, wanted)
    key = cql.key_to_write(schema, [each.column for each in wanted])
    where = cql.by_key(schema, bound_key(document, key))
    statement = replace(cql.update(schema, wanted, where, options=options), idempotent=False)
    yield from write(schema, statement, batch, partial(take_over, document, after, wanted))
