"""ScyllaDB's indexes on vectors: what they may be on, what they are told, and the log that they are kept by."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from coodie_memory.errors import InvalidRequest
from coodie_memory.schema.changelog import Logging, follows_log, logging
from coodie_memory.schema.model import Column, Index, Table
from coodie_memory.types.base import CqlType
from coodie_memory.types.floats import FLOAT
from coodie_memory.types.vector import VectorType

OWN = frozenset({"class_name", "target"})
_DAY = 24 * 3600
_PARAMETERS = "https://docs.scylladb.com/manual/branch-2025.2/features/cdc/cdc-intro.html#cdc-parameters"
_ENOUGH = (
    f"CDC's TTL must be at least {_DAY} seconds (24 hours), and the CDC's delta mode must be set to 'full' or "
    "postimage must be enabled"
)
_FILTERS = frozenset(
    [
        *("ascii", "bigint", "blob", "boolean", "date", "decimal", "double", "float", "inet", "int"),
        *("smallint", "text", "time", "timestamp", "timeuuid", "tinyint", "uuid", "varint"),
    ]
)
_WHOLE, _FRACTION = r"\s*[+-]?\d+", r"\s*[+-]?(\d+\.?\d*|\.\d+)"


def target(columns: Sequence[str], partition: Sequence[str]) -> str:
    """How the columns of an index are kept: the vector's, those that rows are filtered by, and a local one's key."""
    if not columns:
        raise InvalidRequest(
            "Missing vector column target for local vector index"
            if partition
            else "Vector index must have at least one target column"
        )
    shown: dict[str, Any] = {"tc": columns[0]}
    if partition:
        shown["pk"] = list(partition)
    if len(columns) > 1:
        shown["fc"] = list(columns[1:])
    return columns[0] if len(shown) == 1 else json.dumps(shown, separators=(",", ":"), ensure_ascii=False)


def check(index: Index, table: Table, columns: Sequence[Column]) -> None:
    """Refuse an index on other columns, with other options, or on a table whose log does not tell enough."""
    for column in table.partition_key if index.is_local else ():
        _check_filter(column)
    for column in columns:
        if column is not columns[0]:
            _check_filter(column)
        elif not _is_of_floats(column.type):
            raise InvalidRequest("Vector indexes are only supported on columns of vectors of floats")
    if _is_refused(table):
        raise InvalidRequest(
            "Cannot create the vector index when CDC is explicitly disabled.\n"
            "Please enable CDC with the required parameters first.\n"
            f"{_ENOUGH} to enable Vector Search.\n"
            f"Check documentation on how to setup CDC's parameters - {_PARAMETERS}"
        )
    if _tells_too_little(logging(table)):
        raise InvalidRequest(
            "To enable Vector Search on this table, the CDC log must meet the minimal requirements of Vector Search.\n"
            f"{_ENOUGH} to enable Vector Search.\n"
            f"Check documentation on how to setup CDC's parameters - {_PARAMETERS}"
        )
    for name, value in index.options.items():
        if name not in OWN:
            _check_option(name, value)


def check_log(table: Table) -> None:
    """Refuse to make the log of a table with such an index tell too little."""
    if not any(map(follows_log, table.indexes.values())):
        return
    if _is_refused(table):
        raise InvalidRequest("Cannot disable CDC when Vector Search is enabled on the table.")
    if _tells_too_little(logging(table)):
        raise InvalidRequest(
            "Vector Search is enabled on this table.\n"
            "The CDC log must meet the minimal requirements of Vector Search.\n"
            f"This means that the {_ENOUGH}.\n"
        )


def _check_filter(column: Column) -> None:
    if column.type.cql() not in _FILTERS:
        raise InvalidRequest(f"Unsupported vector index filtering column {column.name} type")


def _is_of_floats(kind: CqlType) -> bool:
    return isinstance(kind, VectorType) and kind.element is FLOAT


def _is_refused(table: Table) -> bool:
    given = table.options.get("cdc")
    return isinstance(given, Mapping) and given.get("enabled") == "false"


def _tells_too_little(log: Logging | None) -> bool:
    return log is not None and (0 < log.seconds < _DAY or (log.keys_only and not log.postimage))


def _check_option(name: str, value: str) -> None:
    check_value = _OPTIONS.get(name)
    if check_value is None:
        raise InvalidRequest(f"Unsupported option {name} for vector index")
    if wrong := check_value(value):
        raise InvalidRequest(f"Invalid value in option '{name}' for vector index: '{value}'{wrong}")


def _whole_number(most: int) -> Callable[[str], str | None]:
    def wrong(value: str) -> str | None:
        if not re.fullmatch(_WHOLE, value, re.ASCII):
            return " is not an integer"
        return None if 1 <= int(value) <= most else f" is out of valid range [1 - {most}]"

    return wrong


def _factor(value: str) -> str | None:
    if not re.fullmatch(_FRACTION, value, re.ASCII):
        return " is not a float"
    return None if 1 <= float(value) <= 100 else " is out of valid range [1 - 100]"


def _one_of(*values: str) -> Callable[[str], str | None]:
    shown = f". Supported are case-insensitive: {', '.join(values)}"
    return lambda value: None if value.lower() in values else shown


def _anything(_value: str) -> None:
    return None


_OPTIONS: Mapping[str, Callable[[str], str | None]] = {
    "similarity_function": _one_of("cosine", "euclidean", "dot_product"),
    "maximum_node_connections": _whole_number(512),
    "construction_beam_width": _whole_number(4096),
    "search_beam_width": _whole_number(4096),
    "quantization": _one_of("f32", "f16", "bf16", "i8", "b1"),
    "oversampling": _factor,
    "rescoring": _one_of("false", "true"),
    "source_model": _anything,
}
