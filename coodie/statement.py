"""One request to a CQL database, and one answer, as data.

Parameters are plain Python values, positional, one for each `?` of the text. A backend takes

    int float bool str bytes Decimal UUID IPv4Address IPv6Address     None      null
    datetime (aware)  date  time  CqlDuration                         UNSET     leave the column as it is
    list  tuple  set  frozenset  dict                                 a user type: a mapping, field name → value

and gives the same types back: `datetime` aware in UTC with millisecond precision, `set`, `list`, `tuple`, `dict`
(user types too, keyed by field name). Inside a set or as a dict's key they are hashable: `tuple` for a list, `frozenset`
for a set, a hashable `dict` for a dict. An enum or a pydantic model is nobody's business below `cqltypes`.
"""

from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final, Literal, TypeAlias, get_args

from coodie.exceptions import InvalidQueryError, MultipleDocumentsFound

SerialConsistency: TypeAlias = Literal["SERIAL", "LOCAL_SERIAL"]
Consistency: TypeAlias = Literal[
    "ANY", "ONE", "TWO", "THREE", "QUORUM", "ALL",
    "LOCAL_QUORUM", "EACH_QUORUM", "SERIAL", "LOCAL_SERIAL", "LOCAL_ONE",
]  # fmt: skip
BatchKind: TypeAlias = Literal["logged", "unlogged", "counter"]
Row: TypeAlias = tuple[Any, ...]

_CONSISTENCIES = frozenset(get_args(Consistency))
_SERIAL_CONSISTENCIES = frozenset(get_args(SerialConsistency))
APPLIED: Final = "[applied]"
"""The column in which servers say whether the conditions held."""


class Unset(Enum):
    """The type of `UNSET`."""

    UNSET = "UNSET"

    def __repr__(self) -> str:
        return "UNSET"


UNSET: Final = Unset.UNSET
"""Bound to a parameter: the column keeps what it has, and no tombstone is written."""


@dataclass(frozen=True, slots=True)
class CqlDuration:
    """CQL's `duration`: three counts that do not convert into each other, all ≥ 0 or all ≤ 0."""

    months: int = 0
    days: int = 0
    nanoseconds: int = 0


class HashableDict(dict[Any, Any]):
    """A map's or a user type's value where Python needs a hashable one: in a set, as a key. Not to be changed."""

    def __hash__(self) -> int:  # type: ignore[override]  # dict says that it has no hash
        return hash(frozenset(self.items()))


# Not frozen: every request makes one, and a frozen one takes four times as long to make. Nobody assigns to it.
@dataclass(slots=True, unsafe_hash=True)
class Statement:
    """CQL with its values and how to run it; None means the connection's own setting."""

    cql: str
    params: tuple[Any, ...] = ()
    consistency: Consistency | None = None
    serial_consistency: SerialConsistency | None = None
    timeout: float | None = None
    """Seconds the client waits."""
    fetch_size: int | None = None
    """Rows in a page."""
    paging_state: bytes | None = None
    """Where the page starts: the previous page's `paging_state`."""
    idempotent: bool = False
    """Running it twice is running it once: a driver may retry it when it does not know what came of it."""
    prepare: bool = True
    """False for what runs once, such as DDL; possible without parameters only."""

    def __post_init__(self) -> None:
        if self.consistency is not None or self.serial_consistency is not None:
            check_levels(self.consistency, self.serial_consistency)
        if self.timeout is not None:
            check_timeout(self.timeout)
        if self.params and not self.prepare:
            raise InvalidQueryError(f"{self.cql!r} has parameters, which only a prepared statement binds")


@dataclass(frozen=True, slots=True)
class BatchRequest:
    """Statements that are sent together and, unless `unlogged`, applied all or none.

    Of its statements only text and values count; how to run is said here.
    """

    statements: tuple[Statement, ...]
    kind: BatchKind = "logged"
    timestamp: int | None = None
    """Microseconds since the epoch, for every statement that names none itself."""
    consistency: Consistency | None = None
    serial_consistency: SerialConsistency | None = None
    timeout: float | None = None

    def __post_init__(self) -> None:
        check_levels(self.consistency, self.serial_consistency)
        check_timeout(self.timeout)
        check_whole("timestamp", self.timestamp, bits=64)

    @property
    def idempotent(self) -> bool:
        """Whether all its statements are."""
        return all(statement.idempotent for statement in self.statements)


Request: TypeAlias = Statement | BatchRequest


# Not frozen, as `Statement` is not.
@dataclass(slots=True)
class Page:
    """One answer: no rows for a plain write, one page of rows for a read."""

    columns: tuple[str, ...] = ()
    rows: list[Row] = field(default_factory=list)
    paging_state: bytes | None = None
    """Asks for the next page; None when this is the last."""
    warnings: tuple[str, ...] = ()

    @property
    def decides(self) -> bool:
        """Whether it answers a lightweight transaction."""
        return APPLIED in self.columns

    @property
    def applied(self) -> bool:
        """False exactly when the server says that the conditions of a lightweight transaction did not hold."""
        if not self.rows or APPLIED not in self.columns:
            return True
        return bool(self.rows[0][self.columns.index(APPLIED)])

    def one(self) -> Row | None:
        """The only row, None where there is none; `MultipleDocumentsFound` where there are more."""
        if len(self.rows) > 1:
            raise MultipleDocumentsFound(f"one row was asked for, {len(self.rows)} match")
        return self.rows[0] if self.rows else None

    def dicts(self) -> list[dict[str, Any]]:
        """The rows by column name."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]


def check_levels(consistency: str | None, serial_consistency: str | None) -> None:
    """Refuse what is no consistency level, before a backend has to."""
    if consistency is not None and consistency not in _CONSISTENCIES:
        raise InvalidQueryError(
            f"{consistency!r} is no consistency level; there are {', '.join(sorted(_CONSISTENCIES))}"
        )
    if serial_consistency is not None and serial_consistency not in _SERIAL_CONSISTENCIES:
        raise InvalidQueryError(
            f"{serial_consistency!r} is no serial consistency level; there are LOCAL_SERIAL, SERIAL"
        )


def check_timeout(seconds: float | None) -> None:
    """Refuse what nobody can wait."""
    if seconds is not None and (
        isinstance(seconds, bool) or not isinstance(seconds, int | float) or not seconds >= 0
    ):
        raise InvalidQueryError(f"a timeout is a number of seconds, not {seconds!r}")


def check_whole(name: str, value: int | None, *, bits: int) -> None:
    """Refuse what no server reads as a signed whole number of that many bits."""
    if value is None:
        return
    if not isinstance(value, int) or isinstance(value, bool):
        raise InvalidQueryError(f"{name} is a whole number, not {value!r}")
    if not -(1 << bits - 1) <= value < 1 << bits - 1:
        raise InvalidQueryError(f"{name} is a whole number of {bits} bits, not {value!r}")
