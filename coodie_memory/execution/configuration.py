"""Writing `system.config`: a live setting is changed, and from then on statements are planned and executed with it."""

from collections.abc import Callable

from coodie_memory.dialect import settings
from coodie_memory.errors import WriteFailure
from coodie_memory.execution import narrowing
from coodie_memory.execution.context import Context
from coodie_memory.execution.evaluate import compiled
from coodie_memory.plan.operations import Assign
from coodie_memory.plan.write import WritePlan
from coodie_memory.result import Result, Void

_FIXED = {"type": "option type is immutable", "source": "option source is not updateable"}


def change_settings(plan: WritePlan) -> Callable[[Context], Result]:
    """What sets the value of the settings that are named."""
    named = narrowing.partitions(plan.where)
    assigned = {
        operation.column.name: compiled(operation.value)
        for operation in plan.operations
        if isinstance(operation, Assign)
    }

    def change(context: Context) -> Result:
        for key, _ in named(context):
            raw = assigned["value"](context) if "value" in assigned else None
            if not isinstance(raw, bytes):
                raise _refused("option value is required", context)
            for column, refusal in _FIXED.items():
                if column in assigned:
                    raise _refused(refusal, context)
            _set(key.decode(), raw.decode(), context)
        return Void()

    return change


def _set(name: str, text: str, context: Context) -> None:
    setting = settings.SETTINGS.get(name)
    if setting is None:
        raise _refused("no such option", context)
    try:
        context.engine.configure(settings.changed(context.engine.dialect, setting, text))
    except ValueError:
        raise _refused("cannot parse option value", context) from None


def _refused(message: str, context: Context) -> WriteFailure:
    return WriteFailure(
        message,
        consistency=context.options.consistency,
        received=0,
        required=1,
        failures=1,
        write_type="SIMPLE",
    )
