"""What inserting many documents means: concurrently, every row tried, answers and errors kept by place in the input.

Plain writes travel ten together, in unlogged batches: a row then costs client and server a quarter of a request. A batch
that is refused is sent again row by row, so that each has an answer of its own. Transactions travel alone.
"""

from collections import Counter
from collections.abc import AsyncIterable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from coodie.document import D, DocumentBase, schema_of
from coodie.exceptions import CoodieError, InsertManyError, InvalidQueryError
from coodie.operations.conditional import lwt_result
from coodie.operations.steps import CONCURRENCY, Operation, drawn, many
from coodie.operations.writes import inserting, require, saving
from coodie.queryset import Options
from coodie.results import LWTResult
from coodie.rows import mark_saved
from coodie.schema import Column, Kind, TableKind, TableSchema
from coodie.statement import BatchRequest, Consistency, Page, Request, SerialConsistency, Statement

AT_ONCE = 1024
"""Documents held at a time: a stream of a million never is."""
TOGETHER = 10
"""Rows in a batch: servers warn of more than ten partitions."""
SIZE = 3072
"""Bytes in a batch, as far as they are easily told: servers warn of more than 5 KiB."""

_Write: TypeAlias = tuple[TableSchema, tuple[Column, ...], Statement]
_Prepare: TypeAlias = Callable[[DocumentBase], _Write]
_Outcome: TypeAlias = LWTResult | Exception


@dataclass(frozen=True, slots=True)
class _Row:
    """A document on its way."""

    document: DocumentBase
    columns: tuple[Column, ...]
    statement: Statement


def insert_many(
    model: type[D],
    documents: Iterable[D] | AsyncIterable[D],
    *,
    if_not_exists: bool = False,
    ttl: int | None = None,
    timestamp: int | None = None,
    consistency: Consistency | None = None,
    serial_consistency: SerialConsistency | None = None,
    timeout: float | None = None,
    concurrency: int = CONCURRENCY,
) -> Operation[list[LWTResult]]:
    """Write these documents, several at a time; what came of each, in the order of the input.

    Each is written as by `save()`, or, if told so, as by `insert()`. All are tried; `InsertManyError` then has the
    errors of those that failed. At most `concurrency` requests are in flight; of two documents with one key, the first
    is inserted, and the last is saved.
    """
    schema = require(schema_of(model), TableKind.TABLE, "insert_many")
    options = Options(consistency, serial_consistency, timeout)
    write = inserting if if_not_exists else saving

    def prepare(document: DocumentBase) -> _Write:
        if not isinstance(document, model):
            raise InvalidQueryError(f"{document!r} is no {model.__name__}")
        return write(document, ttl, timestamp, options)

    results: list[LWTResult] = []
    errors: dict[int, Exception] = {}
    coming = aiter(documents) if isinstance(documents, AsyncIterable) else iter(documents)
    while some := (yield from drawn(coming, AT_ONCE)):
        prepared = [_prepared(prepare, each) for each in some]
        rows = [each for each in prepared if isinstance(each, _Row)]
        if if_not_exists:
            outcomes = yield from _inserted(rows, schema.primary_key, concurrency)
        else:
            outcomes = yield from _written(list(_packs(rows, _place(schema))), concurrency)
        came = iter(outcomes)
        for each in prepared:
            outcome = next(came) if isinstance(each, _Row) else each
            if isinstance(outcome, Exception):
                errors[len(results)] = outcome
            results.append(_NOT_WRITTEN if isinstance(outcome, Exception) else outcome)
    if errors:
        raise InsertManyError(errors, len(results))
    return results


_WRITTEN, _NOT_WRITTEN = LWTResult(applied=True), LWTResult(applied=False)


def _prepared(prepare: _Prepare, document: DocumentBase) -> _Row | CoodieError:
    try:
        _, columns, statement = prepare(document)
    except CoodieError as error:
        return error
    return _Row(document, columns, statement)


def _inserted(rows: Sequence[_Row], key: tuple[Column, ...], concurrency: int) -> Operation[list[_Outcome]]:
    """What came of each row; rows with one key go one after the other, since the first of them is to win."""
    before: Counter[str] = Counter()
    turns: dict[int, list[int]] = {}
    for place, row in enumerate(rows):
        there = _there(row, key)
        turns.setdefault(before[there], []).append(place)
        before[there] += 1
    outcomes: dict[int, _Outcome] = {}
    for places in turns.values():
        came = yield from _written([[rows[place]] for place in places], concurrency)
        outcomes.update(zip(places, came, strict=True))
    return [outcomes[place] for place in range(len(rows))]


def _there(row: _Row, place: tuple[Column, ...]) -> str:
    return repr([row.document.__dict__[column.field] for column in place])


def _written(packs: Sequence[Sequence[_Row]], concurrency: int) -> Operation[list[_Outcome]]:
    """What came of each row of these packs, in their order."""
    answers = yield from many((_request(pack) for pack in packs), concurrency)
    alone = [
        row
        for pack, answer in zip(packs, answers, strict=True)
        if isinstance(answer, Exception) and len(pack) > 1
        for row in pack
    ]
    again = iter((yield from many((row.statement for row in alone), concurrency)) if alone else ())
    return [
        _outcome(row, next(again) if isinstance(answer, Exception) and len(pack) > 1 else answer)
        for pack, answer in zip(packs, answers, strict=True)
        for row in pack
    ]


def _outcome(row: _Row, answer: Page | Exception) -> _Outcome:
    if isinstance(answer, Exception):
        return answer
    if answer.applied:
        mark_saved(row.document, row.columns)
        return _WRITTEN
    return lwt_result(answer) or _NOT_WRITTEN


def _request(pack: Sequence[_Row]) -> Request:
    """The rows of a pack in one request, which runs as each of them would."""
    like = pack[0].statement
    if len(pack) == 1:
        return like
    return BatchRequest(
        tuple([row.statement for row in pack]),
        "unlogged",
        consistency=like.consistency,
        serial_consistency=like.serial_consistency,
        timeout=like.timeout,
    )


def _place(schema: TableSchema) -> tuple[Column, ...]:
    """What two rows of one batch must not have in common.

    A batch has one timestamp, and of two values with one timestamp the greater one wins, not the later one.
    """
    has_statics = any(column.kind is Kind.STATIC for column in schema.columns)
    return schema.partition_key if has_statics else schema.primary_key


def _packs(rows: Iterable[_Row], place: tuple[Column, ...]) -> Iterator[list[_Row]]:
    """The rows in their order, as many in a pack as go together."""
    pack: list[_Row] = []
    places: set[str] = set()
    size = 0
    for row in rows:
        there = _there(row, place)
        weight = sum(map(_size, row.statement.params))
        if pack and (len(pack) == TOGETHER or there in places or size + weight > SIZE):
            yield pack
            pack, places, size = [], set(), 0
        pack.append(row)
        places.add(there)
        size += weight
    if pack:
        yield pack


def _size(value: Any) -> int:
    """About how many bytes a value takes."""
    match value:
        case str() | bytes():
            return 16 + len(value)
        case dict():
            return 16 + sum(_size(key) + _size(each) for key, each in value.items())
        case list() | tuple() | set() | frozenset():
            return 16 + sum(map(_size, value))
        case _:
            return 16
