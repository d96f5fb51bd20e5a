"""Which consistency levels a write may have; on one node all the others are met."""

from coodie_memory.errors import InvalidRequest
from coodie_memory.execution.context import Context

SERIAL = frozenset({"SERIAL", "LOCAL_SERIAL"})


def require_plain(context: Context) -> None:
    """Refuse for a write what only conditional statements have."""
    if context.options.consistency in SERIAL:
        raise InvalidRequest("You must use conditional updates for serializable writes")


def require_plain_counter(context: Context) -> None:
    """The same for counters."""
    if context.options.consistency in SERIAL:
        raise InvalidRequest("Counter operations are inherently non-serializable")


def require_conditional(context: Context) -> None:
    """Refuse for the commit of a conditional statement what belongs to its reading."""
    if context.options.consistency in SERIAL:
        raise InvalidRequest(
            f"{context.options.consistency} is not supported as conditional update commit consistency. "
            "Use ANY if you mean \"make sure it is accepted but I don't care how many replicas commit it"
            ' for non-SERIAL reads"'
        )
