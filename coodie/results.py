"""What an operation gives back where it is not a document."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast

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


class LazyDocument(Generic[T]):
    """A row that becomes a document when one of the document's attributes is first asked for, or `document` is.

    What pydantic has against the row is raised then. Equal to another one, or to a document, of the same values.
    """

    __slots__ = ("_document", "_read", "_row")

    def __init__(self, read: Callable[[Any], T], row: Any) -> None:
        self._read: Callable[[Any], T] | None = read
        self._row = row
        self._document: T | None = None

    @property
    def document(self) -> T:
        """The document itself, the same one each time."""
        if self._read is not None:
            self._document, self._read, self._row = self._read(self._row), None, None
        return cast("T", self._document)

    @property
    def is_made(self) -> bool:
        """Whether the document has been made."""
        return self._read is None

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # Python's own questions, such as how to copy, are about this object
            raise AttributeError(name)
        return getattr(self.document, name)

    def __eq__(self, other: object) -> bool:
        return bool(self.document == (other.document if isinstance(other, LazyDocument) else other))

    __hash__ = None  # type: ignore[assignment]  # as a document

    def __repr__(self) -> str:
        return f"LazyDocument({self.document!r})" if self.is_made else "LazyDocument(…)"

    def __reduce__(self) -> tuple[Any, ...]:
        return _made, (self.document,)


def _made(document: T) -> LazyDocument[T]:
    """What was pickled."""
    return LazyDocument(_same, document)


def _same(value: Any) -> Any:
    return value
