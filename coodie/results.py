"""What an operation gives back where it is not a document."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class LWTResult:
    """Whether a lightweight transaction was applied; true as an object either way, so ask `applied`."""

    applied: bool
    existing: dict[str, Any] | None = None
    """The row that did not fulfil the conditions, as the server returned it; None when applied."""


@dataclass(frozen=True, slots=True)
class PagedResult(Generic[T]):
    """One page of a read; `paging_state` is opaque and asks for the next page, None at the end."""

    data: list[T]
    paging_state: bytes | None = None
