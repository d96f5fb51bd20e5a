"""SELECT without FROM (Scylla): its one row."""

from collections.abc import Callable

from coodie_memory.execution.context import Context
from coodie_memory.execution.projection import Reads
from coodie_memory.execution.read import finisher, limiting
from coodie_memory.plan.tableless import TablelessPlan
from coodie_memory.result import Rows


def compiled(plan: TablelessPlan) -> Callable[[Context], Rows]:
    """What executes the plan."""
    reads = Reads()
    outputs = [reads.compiled(item.output) for item in plan.items]
    finish = finisher(plan.items, plan.json_names, plainly=plan.plain_json)
    limit = limiting(plan.limit, lambda _dialect: "LIMIT must be strictly positive")

    def run(context: Context) -> Rows:
        limit(context)
        source = reads.prepared(context)
        for output, arguments in reads.aggregates:
            fold = output.aggregate
            state = fold.step(fold.start(), *[read(source) for read in arguments])
            source.folded.append(fold.finish(state))
        return Rows(plan.metadata, [finish(tuple([read(source) for read in outputs]))])

    return run
