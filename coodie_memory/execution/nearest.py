"""ORDER BY … ANN OF: all rows that pass are compared, so that the answer is exact where a server's is approximate."""

import struct
from collections.abc import Callable, Sequence
from typing import TypeAlias

from coodie_memory.errors import InvalidRequest, ReadFailure
from coodie_memory.execution.context import Context
from coodie_memory.execution.evaluate import compiled
from coodie_memory.execution.indexable import failure, is_comparable
from coodie_memory.execution.paging import NO_LIMIT
from coodie_memory.execution.predicates import access
from coodie_memory.execution.scan import Found
from coodie_memory.plan import indexing
from coodie_memory.plan.functions.containers import SIMILARITIES
from coodie_memory.plan.select import SelectPlan
from coodie_memory.plan.where import Nearest, Where
from coodie_memory.types.vector import VectorType

_MOST = 1000
_RECONCILING = frozenset({"TWO", "THREE", "QUORUM", "ALL", "LOCAL_QUORUM", "EACH_QUORUM"})
Sort: TypeAlias = Callable[[Context, Sequence[Found]], list[Found]]


def check(plan: SelectPlan, context: Context, limit: int, per_partition_limit: int) -> None:
    """Refuse what the server refuses to order so; warn where it changes what was asked for."""
    if plan.is_aggregate or plan.grouping is not None:
        raise InvalidRequest("Top-K queries can not be run with aggregation")
    level = context.options.consistency
    if level in ("SERIAL", "LOCAL_SERIAL"):
        raise InvalidRequest(
            f"Top-K queries can only be run with consistency level ONE/LOCAL_ONE. Consistency level {level} was used."
        )
    if level in _RECONCILING:
        lower = "LOCAL_ONE" if level == "LOCAL_QUORUM" else "ONE"
        context.warnings.append(
            "Top-K queries can only be run with consistency level ONE / LOCAL_ONE / NODE_LOCAL. "
            f"Consistency level {level} was requested. Downgrading the consistency level to {lower}."
        )
    if limit == NO_LIMIT and per_partition_limit == NO_LIMIT:
        raise InvalidRequest(
            "Top-K queries must have a limit specified and the limit must be less than the query page size"
        )
    if per_partition_limit != NO_LIMIT:
        raise InvalidRequest("Top-K queries do not support per-partition limits")
    size = context.options.page_size or 0
    if 0 < size < limit:
        context.warnings.append(
            f"Top-K queries do not support paging and the page size is set to {size}, which is less than LIMIT {limit}. "
            f"The page size has been set to {limit} to match the LIMIT."
        )


def check_limit(limit: int) -> None:
    """Refuse to order so many; where there is nothing to look at, nobody asks."""
    if limit > _MOST:
        raise InvalidRequest(
            f"Use of ANN OF in an ORDER BY clause requires a LIMIT that is not greater than {_MOST}. LIMIT was {limit}"
        )


def _is_alone(where: Where) -> bool:
    """Whether nothing else is asked of rows."""
    return where.token is None and not where.partition and not where.clustering and len(where.others) == 1


def _failed(context: Context) -> ReadFailure:
    return ReadFailure(
        failure(context),
        consistency=context.options.consistency,
        received=0,
        required=1,
        failures=1,
        data_present=False,
        reasons=((context.engine.node.address, 0),),
    )


def sorting(plan: SelectPlan, nearest: Nearest) -> Sort:
    """What orders found rows from the nearest to the farthest; of equals the first found comes first."""
    (column,) = nearest.columns
    assert isinstance(column.type, VectorType)
    vector, read = compiled(nearest.vector), access(column)
    name, is_alone = indexing.similarity(plan.table, column), _is_alone(plan.where)
    similarity, unpack = SIMILARITIES[name], struct.Struct(f">{column.type.dimension}f").unpack

    def sort(context: Context, found: Sequence[Found]) -> list[Found]:
        raw = vector(context)
        assert isinstance(raw, bytes), "the filters have refused null and unset"
        wanted = unpack(raw)
        if not is_comparable(wanted, name):
            # Only the index itself minds, which is asked where nothing but nearness is; its order of the others is chance.
            if is_alone and context.engine.store(plan.table).partitions:
                raise _failed(context)
            return list(found)

        def score(each: Found) -> float:
            partition, row, static = each
            stored = read(partition.components, row, static)
            assert stored is not None, "the filters let no row without vector pass"
            # As precise as the server's, so that the same rows are equally near.
            (rounded,) = struct.unpack("f", struct.pack("f", -similarity(unpack(stored), wanted)))
            return float(rounded)

        return sorted(found, key=score)

    return sort
