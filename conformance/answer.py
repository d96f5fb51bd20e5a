"""What a statement answers, as the lines of a script: one text for one answer, whoever gave it.

Rows are written from their wire bytes and types by the engine's `to_cql`, whose literals differ for different bytes.
The protocol does not say whether a type is frozen, so the lines do not either.
"""

import re
from collections.abc import Iterator, Sequence
from typing import assert_never

from conformance.wire import Prepared, Refused
from coodie_memory import errors
from coodie_memory.result import ColumnSpec, Raw, Result, Rows, SchemaChange, SetKeyspace, Void
from coodie_memory.types.base import CqlType

_REFUSAL = re.compile(r"\w+ 0x[0-9a-f]{4}")
# The signatures that a message lists come in another order from each server.
_SIGNATURES = re.compile(r"(?<=signatures: ).+(?=\))")
_BETWEEN_SIGNATURES = re.compile(r", (?=[\w.\"]+ : \()")
_REPLICA = re.compile(r"(?<= from )\S*/[\w.:]+:\d+")
"""A failed replica's address; its port is free in each run."""
_ADVICE = "`USE <keyspace>` with prepared statements"
"""A warning that the server gives for one statement once in a while, with its id."""
NEXT_PAGE = "(next page)"
_NAMES = {error.code: error.__name__ for error in errors.CqlError.__subclasses__()}


def refusal(refused: Refused) -> tuple[str, ...]:
    """Class and code on one line, the message on the next."""
    message = _REPLICA.sub("/replica", _SIGNATURES.sub(_in_order, refused.message))
    return f"{_NAMES.get(refused.code, 'Error')} 0x{refused.code:04x}", escaped(message)


def _in_order(listed: re.Match[str]) -> str:
    return ", ".join(sorted(_BETWEEN_SIGNATURES.split(listed[0])))


def is_refusal(line: str) -> bool:
    """Whether an answer that begins so is an error."""
    return _REFUSAL.fullmatch(line) is not None


def preparation(prepared: Prepared) -> tuple[str, ...]:
    """The bind markers with their types."""
    markers = " | ".join(map(_column, prepared.markers))
    return f"prepared {markers}".rstrip(), *told_warnings(prepared.warnings)


def result(pages: Sequence[Result]) -> tuple[str, ...]:
    """All pages of one answer; no line at all where there is nothing to tell."""
    return tuple(line for number, page in enumerate(pages) for line in _page(page, first=number == 0))


def _page(page: Result, *, first: bool) -> Iterator[str]:
    match page:
        case Void():
            pass
        case SetKeyspace():
            yield f"keyspace {page.keyspace}"
        case SchemaChange():
            yield _change(page)
        case Rows():
            yield " | ".join(map(_column, page.columns)) if first else NEXT_PAGE
            for row in page.raw:
                yield " | ".join(map(_cell, page.columns, row))
        case _:
            assert_never(page)
    yield from told_warnings(page.warnings)


def _change(change: SchemaChange) -> str:
    name = ".".join(filter(None, (change.keyspace, change.name)))
    arguments = f"({', '.join(change.argument_types)})" if change.target in ("FUNCTION", "AGGREGATE") else ""
    return f"{change.change.lower()} {change.target.lower()} {name}{arguments}"


def _column(column: ColumnSpec) -> str:
    return f"{escaped(column.name)} {wire_name(column.type)}"


def _cell(column: ColumnSpec, raw: Raw) -> str:
    return "null" if raw is None else escaped(column.type.to_cql(raw))


def told_warnings(warnings: tuple[str, ...]) -> Iterator[str]:
    """A line for each that is given every time."""
    return (f"warning: {escaped(warning)}" for warning in warnings if not warning.startswith(_ADVICE))


def wire_name(cql_type: CqlType) -> str:
    """The type's name without `frozen`, at any depth."""
    return _thawed(str(cql_type))


def _thawed(name: str) -> str:
    start = name.find("frozen<")
    if start < 0:
        return name
    inside = start + len("frozen<")
    depth, end = 1, inside
    while depth:
        depth += {"<": 1, ">": -1}.get(name[end], 0)
        end += 1
    return name[:start] + _thawed(name[inside : end - 1]) + _thawed(name[end:])


def escaped(text: str) -> str:
    """One line, whatever is in it: unprintable characters and backslashes as Python escapes them."""
    return "".join(
        char if char.isprintable() and char != "\\" else char.encode("unicode_escape").decode()
        for char in text
    )
