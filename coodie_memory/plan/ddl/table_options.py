"""Table options: defaults, what the server accepts, and the form in which `system_schema.tables` shows them.

`Table.options` maps the columns of `system_schema.tables` to Python values; an option that shows as null until it is
set (cdc, allow_auto_snapshot, incremental_backups) is absent until then, and memtable always is.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any
from uuid import UUID

from coodie_memory.cql import ast
from coodie_memory.dialect import Dialect, OptionRefusals
from coodie_memory.errors import ConfigurationException, InvalidRequest, ServerError
from coodie_memory.plan.ddl import asgiven, compression, extensions, properties
from coodie_memory.plan.ddl.compaction import compaction, strategy
from coodie_memory.plan.ddl.properties import Value
from coodie_memory.schema.catalog import Schema
from coodie_memory.schema.model import Keyspace
from coodie_memory.types import floattext
from coodie_memory.types.digits import whole

_MINUTE = 60_000
MAX_TTL = 20 * 365 * 24 * 3600
_MIN_BLOOM_FILTER_FP_CHANCE = 6.71e-5
DEFAULTS: Mapping[str, Any] = MappingProxyType(
    {
        "additional_write_policy": "99p",
        "bloom_filter_fp_chance": 0.01,
        "caching": {"keys": "ALL", "rows_per_partition": "NONE"},
        "comment": "",
        "compaction": compaction({"class": "SizeTieredCompactionStrategy"}),
        "compression": compression.DEFAULT,
        "crc_check_chance": 1.0,
        "default_time_to_live": 0,
        "extensions": {},
        "gc_grace_seconds": 864000,
        "max_index_interval": 2048,
        "memtable_flush_period_in_ms": 0,
        "min_index_interval": 128,
        "read_repair": "BLOCKING",
        "speculative_retry": "99p",
    }
)

_ROWS = {0: "NONE", 2**31 - 1: "ALL"}
_UNSET = {"allow_auto_snapshot": True, "cdc": False, "incremental_backups": True}


def new_options(given: Iterable[ast.Property], dialect: Dialect, keyspace: Keyspace) -> Mapping[str, Any]:
    """The options of a table created WITH these."""
    given = tuple(given)
    defaults = {**DEFAULTS, **asgiven.DEFAULTS} if dialect.keeps_options_as_given else DEFAULTS
    if "tombstone_gc" in dialect.table_extensions:
        defaults = {**defaults, "tombstone_gc": extensions.tombstone_gc(keyspace)}
    options = _altered(defaults, given, dialect)
    if not any(each.name == "compaction" for each in given) or any(
        each.name == "bloom_filter_fp_chance" for each in given
    ):
        return options
    leveled = options["compaction"]["class"].endswith("LeveledCompactionStrategy")
    return MappingProxyType({**options, "bloom_filter_fp_chance": 0.1 if leveled else 0.01})


def altered_options(
    previous: Mapping[str, Any], given: Iterable[ast.Property], dialect: Dialect
) -> Mapping[str, Any]:
    """The options after ALTER TABLE … WITH these."""
    given = tuple(given)
    if table_id(given) is not None:
        raise ConfigurationException("Cannot alter table id.")
    return _altered(previous, given, dialect)


def check_values(given: Iterable[ast.Property], dialect: Dialect) -> None:
    """Refuse values that are not the options', before anybody knows which table they are for; names are not looked at."""
    if dialect.reads_options_first:
        named = {each.name: properties.value(each) for each in given}
        for name in _ORDER:
            if name not in named:
                continue
            if name == "compaction":
                # Its options come later.
                strategy(properties.mapping(name, named[name]))
            else:
                _READERS[name](name, named[name])


def are_same(some: Mapping[str, Any], others: Mapping[str, Any]) -> bool:
    """Whether options mean the same: one that is not set is what it would be set to."""
    return {**_UNSET, **some} == {**_UNSET, **others}


def table_id(given: Iterable[ast.Property]) -> UUID | None:
    """The id that CREATE TABLE … WITH ID asks for."""
    for each in given:
        if each.name == "id":
            try:
                return UUID(properties.text("id", each.value if isinstance(each.value, str) else {}))
            except ValueError:
                raise ConfigurationException("Invalid table id") from None
    return None


def new_table_id(given: Iterable[ast.Property], schema: Schema, dialect: Dialect) -> UUID | None:
    """The id that a new table or view asks for, which no other may have."""
    identity = table_id(given)
    taken = None if identity is None else schema.tables_by_id.get(identity)
    if taken is not None and dialect.same_table_id is not None:
        raise InvalidRequest(
            dialect.same_table_id.format(id=identity, keyspace=taken.keyspace, table=taken.name)
        )
    return identity


def _altered(
    previous: Mapping[str, Any], given: Iterable[ast.Property], dialect: Dialect
) -> Mapping[str, Any]:
    more = dialect.table_extensions
    known = (_KNOWN - dialect.foreign_table_options) | more | dialect.obsolete_table_options
    named = properties.by_name(given, known)
    spelt: dict[str, str] = {}
    if dialect.wrong_retry is not None and "speculative_retry" in named:
        raw = properties.text("speculative_retry", named.pop("speculative_retry"))
        spelt["speculative_retry"] = _signed_retry(raw, dialect.wrong_retry)
    readers = {**_READERS, **asgiven.READERS} if dialect.keeps_options_as_given else _READERS
    read = {
        name: extensions.read(name, value) if name in more else readers[name](name, value)
        for name, value in named.items()
        if name in _READERS or name in more
    }
    # There is but one memtable, whose name is not kept.
    read.pop("memtable", None)
    options = dict(extensions.that_say_something({**previous, **read, **spelt}))
    # Options are held against what was written with them and the defaults, not against the table's others.
    _check({**DEFAULTS, **read}, dialect.option_refusals)
    if dialect.spells_retries_out:
        options["speculative_retry"] = _spelt_out(options["speculative_retry"])
    return MappingProxyType(options)


def _check(options: Mapping[str, Any], refusals: OptionRefusals) -> None:
    chance = options["bloom_filter_fp_chance"]
    if not _MIN_BLOOM_FILTER_FP_CHANCE < chance <= 1:
        raise ConfigurationException(
            refusals.bloom_filter.format(
                chance=floattext.double(chance), plain=repr(chance).removesuffix(".0")
            )
        )
    chance = options["crc_check_chance"]
    # As the server compares: what is not a number passes.
    if chance < 0 or chance > 1:
        raise ConfigurationException(
            "crc_check_chance must be larger than or equal to 0 and smaller than or equal to 1.0 "
            f"(got {floattext.double(chance)})"
        )
    ttl = options["default_time_to_live"]
    _at_least(options, "default_time_to_live", 0, refusals)
    if ttl > MAX_TTL and refusals.ttl_too_high is not None:
        raise ConfigurationException(refusals.ttl_too_high.format(greatest=MAX_TTL, value=ttl))
    if refusals.checks_grace:
        _at_least(options, "gc_grace_seconds", 0, refusals)
    least, greatest = options["min_index_interval"], options["max_index_interval"]
    if least < 1:
        raise ConfigurationException(refusals.min_index_interval.format(value=least))
    if greatest < least:
        raise ConfigurationException(refusals.max_index_interval.format(least=least, value=greatest))
    period = options["memtable_flush_period_in_ms"]
    _at_least(options, "memtable_flush_period_in_ms", 0, refusals)
    if refusals.flush_period is not None and 0 < period < _MINUTE:
        raise ConfigurationException(refusals.flush_period)


def _at_least(options: Mapping[str, Any], name: str, least: int, refusals: OptionRefusals) -> None:
    if options[name] < least:
        raise ConfigurationException(
            refusals.too_low.format(name=name, least=least, default=DEFAULTS[name], value=options[name])
        )


def _caching(name: str, value: Value) -> Mapping[str, str]:
    given = dict(properties.mapping(name, value))
    keys, rows = given.pop("keys", "NONE"), given.pop("rows_per_partition", "NONE")
    if given:
        raise ConfigurationException(
            f"Invalid caching sub-options [{', '.join(given)}]: only 'keys' and 'rows_per_partition' are allowed"
        )
    if keys.upper() not in {"ALL", "NONE"}:
        raise ConfigurationException(
            f"Invalid value '{keys}' for caching sub-option 'keys': only 'ALL' and 'NONE' are allowed"
        )
    if rows.upper() not in {"ALL", "NONE"} and not rows.isdecimal():
        raise ConfigurationException(
            f"Invalid value '{rows}' for caching sub-option 'rows_per_partition':"
            " only 'ALL', 'NONE', and integer values are allowed"
        )
    return {
        "keys": keys.upper(),
        "rows_per_partition": _ROWS.get(whole(rows), str(whole(rows))) if rows.isdecimal() else rows.upper(),
    }


def _retry(name: str, value: Value) -> str:
    raw = properties.text(name, value)
    if policy := _simple_retry(raw):
        return policy
    hybrid = re.fullmatch(r"(min|max)\(([0-9.]+[a-z]+)\s*,\s*([0-9.]+[a-z]+)\)", raw, re.IGNORECASE)
    if not hybrid:
        raise ConfigurationException(f"Invalid value {raw} for option 'speculative_retry'")
    first, second = (_simple_retry(part) for part in hybrid.groups()[1:])
    if first is None or second is None:
        raise ConfigurationException(f"Invalid value {raw} for option 'speculative_retry'")
    percentile, fixed = (first, second) if first.endswith("p") else (second, first)
    if percentile.endswith("p") == fixed.endswith("p"):
        raise ConfigurationException(
            f"Invalid value {raw} for option 'speculative_retry': MIN()/MAX() arguments should be of different "
            f"types, but both are of type {'PERCENTILE' if fixed.endswith('p') else 'FIXED'}"
        )
    return f"{hybrid[1].upper()}({percentile},{fixed})"


def _signed_retry(raw: str, refusal: str) -> str:
    """The policy with its unit spelt out, its number signed or not; the refusal has the text in {}."""
    upper = raw.upper()
    if upper in {"NONE", "ALWAYS"}:
        return upper
    number = re.fullmatch(r"([+-]?\d+(?:\.\d*)?)(MS|PERCENTILE|P)", upper)
    if number is None:
        raise ConfigurationException(refusal.format(upper))
    value = float(number[1])
    if number[2] != "MS" and not 0 <= value <= 100:
        raise ConfigurationException(
            f"Invalid value {upper} for PERCENTILE option 'speculative_retry': must be between (0.0 and 100.0)"
        )
    return f"{value:.2f}ms" if number[2] == "MS" else f"{value}PERCENTILE"


_LONGEST_RETRY = 2**31 - 1
_NUMBER = r"([0-9]+\.?[0-9]*|\.[0-9]+)"


def _simple_retry(raw: str) -> str | None:
    upper = raw.upper()
    if upper in {"NONE", "NEVER"}:
        return "NEVER"
    if upper == "ALWAYS":
        return upper
    if number := re.fullmatch(f"{_NUMBER}MS", upper):
        return f"{min(int(Decimal(number[1])), _LONGEST_RETRY)}ms"
    if number := re.fullmatch(f"{_NUMBER}P(?:ERCENTILE)?", upper):
        percentile = Decimal(number[1])
        if not 0 < percentile < 100:
            raise ConfigurationException(
                f"Invalid value {raw} for PERCENTILE option 'speculative_retry': must be between (0.0 and 100.0)"
            )
        return f"{round(percentile, 4).normalize():f}p"
    return None


def _spelt_out(policy: str) -> str:
    """`99p` as `99.0PERCENTILE`, `50ms` as `50.00ms`."""
    if number := re.fullmatch(r"([0-9.]+)p", policy):
        return f"{float(number[1])}PERCENTILE"
    if number := re.fullmatch(r"([0-9]+)ms", policy):
        return f"{number[1]}.00ms"
    return policy


def _read_repair(name: str, value: Value) -> str:
    raw = properties.text(name, value).upper()
    if raw not in {"NONE", "BLOCKING"}:
        raise ServerError(
            "java.lang.IllegalArgumentException: No enum constant "
            f"org.apache.cassandra.service.reads.repair.ReadRepairStrategy.{raw}"
        )
    return raw


def _memtable(name: str, value: Value) -> str:
    raw = properties.text(name, value)
    if raw != "default":
        raise ConfigurationException(f'Memtable configuration "{raw}" not found.')
    return raw


_READERS: Mapping[str, Callable[[str, Value], Any]] = {
    "additional_write_policy": _retry,
    "allow_auto_snapshot": properties.boolean,
    "bloom_filter_fp_chance": properties.double,
    "caching": _caching,
    "cdc": properties.boolean,
    "comment": properties.text,
    "compaction": lambda name, value: compaction(properties.mapping(name, value)),
    "compression": lambda name, value: compression.compression(properties.mapping(name, value)),
    "crc_check_chance": properties.double,
    "default_time_to_live": properties.integer,
    "gc_grace_seconds": properties.integer,
    "incremental_backups": properties.boolean,
    "max_index_interval": properties.integer,
    "memtable": _memtable,
    "memtable_flush_period_in_ms": properties.integer,
    "min_index_interval": properties.integer,
    "read_repair": _read_repair,
    "speculative_retry": _retry,
}
_ORDER = (
    "allow_auto_snapshot",
    "bloom_filter_fp_chance",
    "caching",
    "comment",
    "compaction",
    "compression",
    "memtable",
    "default_time_to_live",
    "gc_grace_seconds",
    "incremental_backups",
    "max_index_interval",
    "memtable_flush_period_in_ms",
    "min_index_interval",
    "speculative_retry",
    "additional_write_policy",
    "crc_check_chance",
    "cdc",
    "read_repair",
)
"""In which the server reads them, whatever was written first."""
_KNOWN = frozenset({*_READERS, "id", "extensions"})
