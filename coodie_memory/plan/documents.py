"""INSERT JSON: one JSON object whose members are the values of columns.

A literal is read when the statement is planned, so that what is wrong with it is refused there; and both, literal and
bound value, when it is executed.
"""

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from coodie_memory.cql import ast
from coodie_memory.dialect import Dialect
from coodie_memory.errors import InvalidRequest, ServerError
from coodie_memory.plan.nodes import Constant, Document, Member
from coodie_memory.plan.scope import Scope
from coodie_memory.result import UNSET, ColumnSpec, Raw
from coodie_memory.schema.model import Column, Table
from coodie_memory.types import jsoncomplaints, jsontext, plainjson
from coodie_memory.types.base import CqlType, MarshalError
from coodie_memory.types.hashing import hashed
from coodie_memory.types.jsoncomplaints import JsonError
from coodie_memory.types.strings import TEXT

_READ_AT_ONCE = 16


def document(scope: Scope, table: Table, raw: ast.Literal | ast.Marker) -> Document:
    """The document that an INSERT JSON takes the table's columns from."""
    # In the server's order, which tells which of several wrong values is reported.
    columns = MappingProxyType({name: table.columns[name].type for name in hashed(table.columns)})
    plainly = scope.dialect.json_by_types
    source = (
        scope.bind(raw, ColumnSpec(table.keyspace, table.name, "[json]", TEXT))
        if isinstance(raw, ast.Marker)
        else Constant(TEXT, raw.text.encode())
    )
    required = tuple(column.name for column in table.primary_key) if plainly else ()
    whole = Document(source, columns, required, scope.dialect)
    if isinstance(raw, ast.Literal) and not plainly:
        members(whole, raw.text)
    return whole


def member(whole: Document, column: Column, *, default_unset: bool) -> Member:
    """The document's value for the column."""
    return Member(column.type, whole, column.name, UNSET if default_unset else None)


@lru_cache(maxsize=_READ_AT_ONCE)
def members(whole: Document, text: str) -> Mapping[str, Raw]:
    """The columns that the text has values for. The last ones are kept: each column's value is asked for by itself."""
    given = jsontext.by_name((_plain_object if whole.dialect.json_by_types else _object)(text))
    values = {
        name: _value(name, given.pop(name), kind, whole.dialect)
        for name, kind in whole.columns.items()
        if name in given
    }
    if given:
        raise InvalidRequest(f"JSON values map contains unrecognized column: {next(iter(given))}")
    for name in whole.required:
        if values.get(name) is None:
            raise InvalidRequest(f"Missing mandatory PRIMARY KEY part {name}")
    return values


def _object(text: str) -> Mapping[str, Any]:
    try:
        found = jsontext.decoded(text)
        if found is not None and not isinstance(found, dict):
            raise jsoncomplaints.no_object(text, found)
    except JsonError as error:
        raise InvalidRequest(
            f"Could not decode JSON string as a map: {error.full}. (String was: {text})"
        ) from None
    if found is None:
        raise InvalidRequest("Got null for INSERT JSON values")
    return found


def _plain_object(text: str) -> Mapping[str, Any]:
    try:
        found = plainjson.decoded(text)
    except plainjson.JsonFailure as error:
        raise ServerError(str(error)) from None
    if not isinstance(found, dict):
        raise ServerError("JSON assertion failed on condition 'IsObject()'")
    return found


def _value(name: str, found: object, kind: CqlType, dialect: Dialect) -> Raw:
    if found is None:
        return None
    if dialect.json_by_types:
        return _plain_value(kind, found)
    try:
        return kind.from_json(found)
    except MarshalError as error:
        raise InvalidRequest(f"Error decoding JSON value for {name}: {error}") from None


def _plain_value(kind: CqlType, found: object) -> bytes:
    try:
        return plainjson.value_of(kind, found)
    except MarshalError as error:
        raise ServerError(f"marshaling error: {error}") from None
    except plainjson.JsonFailure as error:
        raise ServerError(str(error)) from None
