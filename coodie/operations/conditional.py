"""What came of a lightweight transaction, the same of every server."""

from coodie import cql
from coodie.operations.steps import Operation, one
from coodie.predicates import Comparison, Predicate
from coodie.queryset import Options
from coodie.results import LWTResult
from coodie.schema import TableSchema
from coodie.statement import APPLIED, Consistency, Page


def lwt_result(page: Page | None, *, keeps_nulls: bool = False) -> LWTResult | None:
    """What came of a lightweight transaction; None if it was not sent yet.

    Of a row that is not there Cassandra tells nothing, and ScyllaDB that all its columns are null, the key's too, unless
    only the columns of conditions are told. Either way there is nothing `existing`, if nulls are not to be kept.
    """
    if page is None:
        return None
    if page.applied:
        return LWTResult(applied=True)
    existing = {name: value for name, value in page.dicts()[0].items() if name != APPLIED}
    there = keeps_nulls or any(value is not None for value in existing.values())
    return LWTResult(applied=False, existing=existing if existing and there else None)


def decided(
    schema: TableSchema,
    page: Page | None,
    where: tuple[Predicate, ...],
    asked: tuple[Comparison, ...],
    options: Options,
) -> Operation[LWTResult | None]:
    """What came of a write of one row with these conditions, or, without any, of one that asked for the row.

    Where all that the conditions are about is null, ScyllaDB's answer is the same whether there is such a row or not: then
    a read tells.
    """
    result = lwt_result(page)
    if page is None or page.applied or not asked or len(page.columns) == 1 or (result and result.existing):
        return result
    level: Consistency = "SERIAL" if options.serial_consistency is None else options.serial_consistency
    read = cql.select(
        schema, schema.partition_key, where, limit=1, options=Options(level, None, options.timeout)
    )
    rows = (yield from one(read)).rows
    return lwt_result(page, keeps_nulls=bool(rows))
