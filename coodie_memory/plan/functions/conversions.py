"""Bytes in and out: `<type>asblob`, `blobas<type>`, JSON, and the token of a partition key."""

from collections.abc import Callable, Iterator
from functools import partial

from coodie_memory.dialect import Dialect
from coodie_memory.errors import FunctionFailure, InvalidRequest
from coodie_memory.plan.functions.factories import Factory, anything, fixed
from coodie_memory.plan.nodes import Function, Moment
from coodie_memory.result import Raw
from coodie_memory.schema.model import Table
from coodie_memory.types import jsontext, plainjson
from coodie_memory.types.base import CqlType, MarshalError
from coodie_memory.types.integers import BIGINT
from coodie_memory.types.jsoncomplaints import JsonError
from coodie_memory.types.names import NATIVE
from coodie_memory.types.native import NativeType
from coodie_memory.types.strictness import require_utf8
from coodie_memory.types.strings import ASCII, BLOB, TEXT
from coodie_memory.types.token import partition_key
from coodie_memory.types.token import token_of as murmur3


def functions() -> Iterator[Function]:
    """The blob conversions of every native type, under their two names each."""
    for name, kind in NATIVE.items():
        if kind is BLOB:
            continue
        for to_blob in (f"{name}asblob", f"{name}_as_blob"):
            yield Function("system", to_blob, (kind,), BLOB, _as_it_is)
        for from_blob in (f"blobas{name}", f"blob_as_{name}"):
            yield _from_blob(from_blob, kind)


def strict_texts() -> Iterator[Function]:
    """The conversions from blobs to text that refuse what is not UTF-8 to the letter."""
    for name in ("blobastext", "blob_as_text"):
        yield _from_blob(name, TEXT, lambda raw: require_utf8(TEXT, raw))


def factories(dialect: Dialect) -> Iterator[Factory]:
    """to_json and from_json, under their two names each."""
    for name in ("to_json", "tojson"):
        yield Factory(name, (anything(from_receiver=False),), _to_json(name, dialect))
    for name in ("from_json", "fromjson"):
        yield Factory(name, (fixed(TEXT),), _from_json(name, dialect))


def token_of(table: Table, *, is_key: bool = False) -> Function:
    """token() of the table's partition key; `is_key`: which is the key itself."""

    def body(_moment: Moment, *components: bytes) -> bytes:
        key = partition_key(components)
        # The empty key, which no partition has, stands before all others.
        return (murmur3(key) if key else -(2**63)).to_bytes(8, "big", signed=True)

    types = tuple(column.type for column in table.partition_key)
    if is_key and len(types) == 1:
        return Function("system", "token", types, types[0], _as_it_is)
    return Function("system", "token", types, BIGINT, body)


def _as_it_is(_moment: Moment, raw: bytes) -> Raw:
    return raw


def _from_blob(name: str, kind: CqlType, validate: Callable[[bytes], None] | None = None) -> Function:
    check = validate or kind.validate

    def body(_moment: Moment, raw: bytes) -> Raw:
        try:
            check(raw)
        except MarshalError:
            raise InvalidRequest(
                f"In call to function system.{name}, value 0x{raw.hex()} is not a valid binary representation "
                f"for type {name.removeprefix('blob').removeprefix('_').removeprefix('as').removeprefix('_')}"
            ) from None
        return raw

    return Function("system", name, (BLOB,), kind, body)


def _to_json(name: str, dialect: Dialect) -> Callable[[tuple[CqlType, ...], CqlType | None], Function]:
    def make(types: tuple[CqlType, ...], receiver: CqlType | None) -> Function:
        if receiver is not None and not dialect.allows_to_json_in_terms:
            raise InvalidRequest(
                f"{name}() may only be used within the selection clause of SELECT statements"
            )
        (kind,) = types
        text_of = partial(plainjson.text_of, kind) if dialect.json_by_types else kind.to_json

        def body(_moment: Moment, raw: Raw) -> Raw:
            return b"null" if raw is None or is_meaningless(kind, raw) else text_of(raw).encode()

        return Function("system", name, types, TEXT, body, takes_null=True)

    return make


def _from_json(name: str, dialect: Dialect) -> Callable[[tuple[CqlType, ...], CqlType | None], Function]:
    def make(types: tuple[CqlType, ...], receiver: CqlType | None) -> Function:
        if receiver is None:
            raise InvalidRequest(f"{name}() cannot be used in the selection clause of a SELECT statement")

        def body(_moment: Moment, raw: bytes) -> Raw:
            parsed = _plainly_parsed if dialect.json_by_types else _parsed
            return parsed(name, raw.decode(), receiver)

        return Function("system", name, types, receiver, body)

    return make


def is_meaningless(kind: CqlType, raw: bytes) -> bool:
    """Whether the value is empty in a type where that says nothing: functions take it for null."""
    return not raw and isinstance(kind, NativeType) and kind not in (TEXT, ASCII, BLOB)


def _plainly_parsed(name: str, text: str, kind: CqlType) -> Raw:
    try:
        found = plainjson.decoded(text)
        return None if found is None else plainjson.value_of(kind, found)
    except (plainjson.JsonFailure, MarshalError) as error:
        what = f"marshaling error: {error}" if isinstance(error, MarshalError) else error
        raise _failure(
            name, f"execution of fromJson failed: Failed parsing fromJson parameter: {what}"
        ) from None


def _parsed(name: str, text: str, kind: CqlType) -> Raw:
    try:
        found = jsontext.decoded(text)
    except JsonError as error:
        raise _failure(
            name,
            f"execution of 'system.{name}[text]' failed: Could not decode JSON string '{text}': {error.full}",
        ) from None
    if found is None:
        return None
    try:
        value = kind.from_json(found)
        # The empty text is an empty value of any type, also of those that have none.
        kind.validate(value)
    except MarshalError as error:
        raise _failure(name, f"org.apache.cassandra.serializers.MarshalException: {error}") from None
    return value


def _failure(name: str, message: str) -> FunctionFailure:
    return FunctionFailure(message, keyspace="system", function=name, argument_types=("text",))
