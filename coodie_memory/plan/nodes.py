"""Terms and functions as the planner leaves them: typed, names resolved, values still unbound.

A term that needs nothing of its execution is a `Constant` already; `execution.evaluate` makes a closure of the rest.
The plans of each chapter stand in that chapter's module and are joined in `planner.Plan`.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Protocol, TypeAlias
from uuid import UUID

from coodie_memory.dialect import Dialect
from coodie_memory.result import Raw, Unset
from coodie_memory.types.base import CqlType
from coodie_memory.value import Value


class Moment(Protocol):
    """What a function may know of the execution it runs in."""

    @property
    def micros(self) -> int:
        """The clock's time, microseconds since the epoch, one for the whole statement."""
        ...

    def next_timestamp(self) -> int:
        """Microseconds greater than any given before."""
        ...

    def timeuuid(self) -> UUID:
        """A version 1 UUID of this moment, greater than any given before."""
        ...

    def uuid(self) -> UUID:
        """A random UUID from the cluster's randomness."""
        ...


class Function(Value):
    """A scalar function with its types resolved.

    `body` takes the moment and the arguments' wire bytes. Unless `takes_null`, a null argument gives null without a call.
    One that `is_pure` gives the same for the same arguments, at any moment; one that `is_monotonic` gives values in the
    order of its first argument's, the others being the same.

    `check` is an argument's position and what refuses its value: in a select list a constant is checked before there is a row.
    """

    keyspace: str
    name: str
    argument_types: tuple[CqlType, ...]
    returns: CqlType
    body: Callable[..., Raw]
    takes_null: bool = False
    is_pure: bool = True
    is_monotonic: bool = False
    check: tuple[int, Callable[[Raw], object]] | None = None


class Aggregate(Value):
    """An aggregate function with its types resolved: a fold over the rows of a group.

    `start()` gives the state, `step(state, *arguments)` the next one, `finish(state)` the wire bytes.
    """

    keyspace: str
    name: str
    argument_types: tuple[CqlType, ...]
    returns: CqlType
    start: Callable[[], Any]
    step: Callable[..., Any]
    finish: Callable[[Any], Raw]


class Constant(Value):
    """A value known when the statement is planned; `raw` None is null."""

    type: CqlType
    raw: Raw


class Bind(Value):
    """The value bound to a marker, `index` counted through the whole statement."""

    type: CqlType
    index: int
    name: str


class Call(Value):
    """A function's value; operators, casts and negation are functions too."""

    function: Function
    arguments: "tuple[Term, ...]"

    @property
    def type(self) -> CqlType:
        """The function's return type."""
        return self.function.returns


class Composite(Value):
    """A collection, tuple, user type or vector with parts that are not all constant.

    `parts` in the order written; of a map key, value, key, value; of a user type one for each field, in its order.
    """

    type: CqlType
    parts: "tuple[Term, ...]"


class Document(Value, identity=True):
    """The value of INSERT JSON: an object whose members are values of columns. It has an identity, so that it is read once."""

    source: Constant | Bind
    columns: Mapping[str, CqlType]
    required: Collection[str]
    """The columns that must have a value."""
    dialect: Dialect


class Member(Value):
    """The value that a document has for a column; without one it is null, or unset."""

    type: CqlType
    document: Document
    column: str
    default: Unset | None


Term: TypeAlias = Constant | Bind | Call | Composite | Member


def evaluated(function: Function, moment: Moment, arguments: Sequence[Raw]) -> Raw:
    """The function's value for these arguments."""
    if None in arguments and not function.takes_null:
        return None
    return function.body(moment, *arguments)
