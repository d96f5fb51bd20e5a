"""`compaction`, `compression` and `caching` as ScyllaDB keeps them: as they are written, with classes by their known names.

What is wrong with strategies and compressors that everybody has is said by `compaction` and `compression`.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from coodie_memory.errors import ConfigurationException
from coodie_memory.plan.ddl import compaction as strategies
from coodie_memory.plan.ddl import compaction_ranges, properties
from coodie_memory.plan.ddl import compression as compressors
from coodie_memory.plan.ddl.properties import Value

_STRATEGIES = "org.apache.cassandra.db.compaction."
_COMMON_STRATEGIES = frozenset(
    {"SizeTieredCompactionStrategy", "LeveledCompactionStrategy", "TimeWindowCompactionStrategy"}
)
_OWN_STRATEGIES = frozenset({"IncrementalCompactionStrategy", "NullCompactionStrategy"})
_COMPRESSORS = "org.apache.cassandra.io.compress."
_COMMON_COMPRESSORS = frozenset({"LZ4Compressor", "SnappyCompressor", "DeflateCompressor", "ZstdCompressor"})
_OWN_COMPRESSORS: Mapping[str, str] = {
    "LZ4WithDictsCompressor": "LZ4Compressor",
    "ZstdWithDictsCompressor": "ZstdCompressor",
}
"""With the compressors whose options they have."""


def compaction(name: str, value: Value) -> Mapping[str, str]:
    """The option of a table."""
    given = dict(properties.mapping(name, value))
    compaction_ranges.check(given)
    if "class" not in given:
        raise ConfigurationException("Missing sub-option 'class' for the 'compaction' option.")
    strategy = given["class"].removeprefix(_STRATEGIES)
    if strategy in _COMMON_STRATEGIES:
        strategies.compaction(given)
    elif strategy not in _OWN_STRATEGIES:
        raise ConfigurationException(f"Unable to find compaction strategy class '{given['class']}'")
    return {**given, "class": strategy}


def compression(name: str, value: Value) -> Mapping[str, str]:
    """The option of a table; an empty compressor is none."""
    given = compressors.renamed(properties.mapping(name, value))
    if not given:
        return compressors.compression(given)
    compressor = given.get("class", "").removeprefix(_COMPRESSORS)
    if compressor in _OWN_COMPRESSORS:
        compressors.compression({**given, "class": _OWN_COMPRESSORS[compressor]})
    else:
        compressors.compression(given)
    kept = {each: text for each, text in given.items() if each != "class"}
    full = _COMPRESSORS + compressor if compressor in _COMMON_COMPRESSORS else compressor
    return {**kept, "sstable_compression": full}


def caching(name: str, value: Value) -> Mapping[str, str]:
    """The option of a table."""
    given = dict(properties.mapping(name, value))
    enabled = given.pop("enabled", "true")
    keys, rows = given.pop("keys", "ALL"), given.pop("rows_per_partition", "ALL")
    if given:
        raise ConfigurationException(f"Invalid caching option: {next(iter(given))}")
    if keys not in {"ALL", "NONE"}:
        raise ConfigurationException(f"Invalid key value: {keys}")
    if rows not in {"ALL", "NONE"} and not rows.isdecimal():
        raise ConfigurationException(f"Invalid row value: {rows}")
    shown = {"keys": keys, "rows_per_partition": rows}
    return {"enabled": "false", **shown} if enabled == "false" else shown


READERS: Mapping[str, Callable[[str, Value], Mapping[str, str]]] = MappingProxyType(
    {"caching": caching, "compaction": compaction, "compression": compression}
)
DEFAULTS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "caching": {"keys": "ALL", "rows_per_partition": "ALL"},
        "compaction": {"class": "IncrementalCompactionStrategy"},
        "compression": {"sstable_compression": "LZ4WithDictsCompressor"},
    }
)
"""What tables have that say nothing of it."""
