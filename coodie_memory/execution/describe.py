"""DESCRIBE: rows made of the schema, page by page."""

import struct
from collections.abc import Iterator
from itertools import chain, islice
from uuid import UUID

from coodie_memory.engine import Engine
from coodie_memory.errors import InvalidRequest
from coodie_memory.execution.context import Context
from coodie_memory.execution.ring import RING_POSITION
from coodie_memory.execution.settings import CLUSTER_NAME, PARTITIONER
from coodie_memory.plan.describe import ClusterDescription, Description
from coodie_memory.plan.roles.description import described
from coodie_memory.result import ColumnSpec, Metadata, Raw, Rows
from coodie_memory.schema.catalog import Schema
from coodie_memory.types.base import CqlType
from coodie_memory.types.collections import ListType, MapType
from coodie_memory.types.names import NATIVE

_TEXT = NATIVE["text"]
_RANGES = MapType(_TEXT, ListType(_TEXT))
_SNITCH = "DynamicEndpointSnitch"
_STATE = struct.Struct(">H16sq")
_VERSION = 0xC2


def _metadata(**columns: CqlType) -> Metadata:
    return Metadata([ColumnSpec("system", "describe", name, kind) for name, kind in columns.items()])


_LISTING = _metadata(keyspace_name=_TEXT, type=_TEXT, name=_TEXT)
_STATEMENTS = _metadata(keyspace_name=_TEXT, type=_TEXT, name=_TEXT, create_statement=_TEXT)
_CLUSTER = _metadata(cluster=_TEXT, partitioner=_TEXT, snitch=_TEXT)
_CLUSTER_WITH_RANGES = _metadata(cluster=_TEXT, partitioner=_TEXT, snitch=_TEXT, range_ownership=_RANGES)


def describe(plan: Description, context: Context) -> Rows:
    """The objects, in the order of the plan. A page is full or it is the last one."""
    schema, size = context.engine.schema, context.options.page_size or 0
    start = _offset(context.options.paging_state, schema.version)
    everything = chain(_of_schema(plan, schema), _of_roles(plan, context.engine))
    rows = list(islice(everything, start, start + size if size > 0 else None))
    state = None
    if size > 0 and len(rows) == size:
        state = _STATE.pack(_VERSION, schema.version.bytes, start + size)
    return Rows(_STATEMENTS if plan.with_statements else _LISTING, rows, state)


def _of_schema(plan: Description, schema: Schema) -> Iterator[tuple[Raw, ...]]:
    for element in plan.elements(schema):
        texts = (
            element.keyspace,
            plan.spelling.view_kind if element.kind == "materialized_view" else element.kind,
            element.name,
            *([element.create(plan.spelling, plan.with_internals)] if plan.with_statements else []),
        )
        yield tuple(text.encode() for text in texts)


def _of_roles(plan: Description, engine: Engine) -> Iterator[tuple[Raw, ...]]:
    """They belong to no keyspace."""
    if plan.roles != "none":
        for each in described(engine.roles, engine.schema, with_passwords=plan.roles == "with passwords"):
            yield (None, *(text.encode() for text in each))


def describe_cluster(plan: ClusterDescription, context: Context) -> Rows:
    """The cluster's one row."""
    values = [CLUSTER_NAME, PARTITIONER.rpartition(".")[2], _SNITCH]
    row = tuple(value.encode() for value in values)
    if not plan.with_ranges:
        return Rows(_CLUSTER, [row])
    ranges = {RING_POSITION: [_endpoint(context.engine)]}
    return Rows(_CLUSTER_WITH_RANGES, [(*row, _RANGES.encode(ranges))])


def _endpoint(engine: Engine) -> str:
    return f"/{engine.node.address}:7000"


def _offset(state: bytes | None, version: UUID) -> int:
    """Where the page begins; the schema must be the one of the page before."""
    if state is None:
        return 0
    try:
        kind, seen, offset = _STATE.unpack(state)
    except struct.error:
        raise InvalidRequest("Invalid paging state.") from None
    if kind != _VERSION:
        raise InvalidRequest("Incompatible paging state")
    if seen != version.bytes:
        raise InvalidRequest(
            "The schema has changed since the previous page of the DESCRIBE statement result. "
            "Please retry the DESCRIBE statement."
        )
    return int(offset)
