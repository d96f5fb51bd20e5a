"""What inserting many documents means: concurrently, every row tried, answers and errors kept by place in the input."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TypeAlias

from coodie.document import D, DocumentBase, mark_saved, schema_of
from coodie.exceptions import CoodieError, InsertManyError, InvalidQueryError
from coodie.operations.steps import CONCURRENCY, Operation, many
from coodie.operations.writes import inserting, lwt_result, require, saving
from coodie.queryset import Options
from coodie.results import LWTResult
from coodie.schema import Column, TableKind, TableSchema
from coodie.statement import Consistency, Page, SerialConsistency, Statement

AT_ONCE = 1024
"""Documents held at a time: a stream of a million never is."""

_Write: TypeAlias = tuple[TableSchema, tuple[Column, ...], Statement]
_Prepare: TypeAlias = Callable[[DocumentBase], _Write]


@dataclass(frozen=True, slots=True)
class _Row:
    """A document on its way."""

    document: DocumentBase
    columns: tuple[Column, ...]
    statement: Statement


def insert_many(
    model: type[D],
    documents: Iterable[D],
    *,
    if_not_exists: bool = False,
    ttl: int | None = None,
    timestamp: int | None = None,
    consistency: Consistency | None = None,
    serial_consistency: SerialConsistency | None = None,
    timeout: float | None = None,
    concurrency: int = CONCURRENCY,
) -> Operation[list[LWTResult]]:
    """Write these documents, `concurrency` of them at a time; what came of each, in the order of the input.

    Each is written as by `save()`, or, if told so, as by `insert()`. All are tried; `InsertManyError` then has the
    errors of those that failed.
    """
    require(schema_of(model), TableKind.TABLE, "insert_many")
    options = Options(consistency, serial_consistency, timeout)
    write = inserting if if_not_exists else saving

    def prepare(document: DocumentBase) -> _Write:
        if not isinstance(document, model):
            raise InvalidQueryError(f"{document!r} is no {model.__name__}")
        return write(document, ttl, timestamp, options)

    results: list[LWTResult] = []
    errors: dict[int, Exception] = {}
    coming = iter(documents)
    while some := list(islice(coming, AT_ONCE)):
        for outcome in (yield from _written([_prepared(prepare, each) for each in some], concurrency)):
            if isinstance(outcome, Exception):
                errors[len(results)] = outcome
            results.append(_NOT_WRITTEN if isinstance(outcome, Exception) else outcome)
    if errors:
        raise InsertManyError(errors, len(results))
    return results


_WRITTEN, _NOT_WRITTEN = LWTResult(applied=True), LWTResult(applied=False)


def _prepared(prepare: _Prepare, document: DocumentBase) -> "_Row | CoodieError":
    try:
        _, columns, statement = prepare(document)
    except CoodieError as error:
        return error
    return _Row(document, columns, statement)


def _written(
    prepared: "list[_Row | CoodieError]", concurrency: int
) -> Operation[Iterator[LWTResult | Exception]]:
    """What came of each row; those that could not be prepared have come to nothing already."""
    requests = (each.statement for each in prepared if isinstance(each, _Row))
    answers = iter((yield from many(requests, concurrency)))
    return (each if isinstance(each, CoodieError) else _outcome(each, next(answers)) for each in prepared)


def _outcome(row: _Row, answer: Page | Exception) -> LWTResult | Exception:
    if isinstance(answer, Exception):
        return answer
    if answer.applied:
        mark_saved(row.document, row.columns)
        return _WRITTEN
    return lwt_result(answer) or _NOT_WRITTEN
