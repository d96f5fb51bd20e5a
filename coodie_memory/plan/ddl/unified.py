"""The sub-options of unified compaction, checked in the server's order. The engine compacts nothing."""

import re
from collections.abc import Mapping

from coodie_memory.errors import ConfigurationException
from coodie_memory.plan.ddl import bytesizes
from coodie_memory.plan.ddl.subsettings import INTS, LONGS, integer, require_flag
from coodie_memory.types.floats import real

_SCALING = r"(?a)N|L[0-9]+|T[0-9]+|[+-]?[0-9]+"
_LEAST_FAN = 2
_MEBIBYTE, _GIBIBYTE = 1 << 20, 1 << 30
_LESS = 0.5**0.5
_OVERLAPS = ("NONE", "SINGLE", "TRANSITIVE")


def check(options: Mapping[str, str]) -> None:
    """Refuse what the strategy does not take."""
    _check_scaling(options.get("scaling_parameters", "N"))
    if (shards := integer(options, "base_shard_count", 1)) <= 0:
        raise ConfigurationException(f"Invalid configuration, base_shard_count should be positive: {shards}")
    target = _size(options, "target_sstable_size")
    _size(options, "flush_size_override")
    integer(options, "max_sstables_to_compact", 0)
    name = "expired_sstable_check_frequency_seconds"
    if (seconds := integer(options, name, 1, within=LONGS, kind="long")) <= 0:
        raise ConfigurationException(f"Invalid configuration, {name} should be positive: {seconds}")
    require_flag(
        options,
        "unsafe_aggressive_sstable_expiration",
        "{name} should either be 'true' or 'false', not {value}",
    )
    if (method := options.get("overlap_inclusion_method", "NONE")).upper() not in _OVERLAPS:
        raise ConfigurationException(
            f"Invalid overlap inclusion method {method}. The valid options are [{', '.join(_OVERLAPS)}]."
        )
    if "min_sstable_size" in options:
        _check_least(options["min_sstable_size"], target)
    if "sstable_growth" in options:
        _check_growth(options["sstable_growth"])


def _check_scaling(written: str) -> None:
    parameters = re.split(r"\s*,\s*", written.strip())
    # Nothing behind the last comma is nothing at all.
    while len(parameters) > 1 and not parameters[-1]:
        del parameters[-1]
    for parameter in parameters:
        if not re.fullmatch(_SCALING, parameter):
            raise ConfigurationException(
                f"Scaling parameter {parameter} must match N|L[0-9]+|T[0-9]+|[+-]?[0-9]+"
            )
        number = parameter.lstrip("LT")
        if parameter != "N" and int(number) not in INTS:
            raise ConfigurationException(
                "org.apache.cassandra.db.compaction.UnifiedCompactionStrategy.validateOptions() threw an error: "
                f'java.lang.NumberFormatException For input string: "{number}"'
            )
        if parameter[0] in "LT" and int(number) < _LEAST_FAN:
            raise ConfigurationException(f"Fan factor cannot be lower than {_LEAST_FAN} in {parameter}")


def _size(options: Mapping[str, str], name: str) -> int:
    raw = options.get(name)
    if raw is None:
        return _GIBIBYTE
    try:
        size = bytesizes.size(raw)
    except bytesizes.NoSize as wrong:
        raise ConfigurationException(f"{name} {raw} is not a valid size in bytes: {wrong}") from None
    if bytesizes.is_too_great(size):
        raise ConfigurationException(f"{name} {raw} is out of range of Long.")
    if size < _MEBIBYTE:
        raise ConfigurationException(
            f"{name} {raw} is not acceptable, size must be at least {bytesizes.shown(_MEBIBYTE)}"
        )
    return bytesizes.limited(size)


def _check_least(raw: str, target: int) -> None:
    try:
        size = bytesizes.limited(bytesizes.size(raw))
    except bytesizes.NoSize:
        raise ConfigurationException(f"{raw} is not a valid size in bytes for min_sstable_size") from None
    if size < 0:
        raise ConfigurationException(
            "Invalid configuration, min_sstable_size should be greater than or equal to 0 (zero)"
        )
    if size >= target * _LESS:
        raise ConfigurationException(
            f"Invalid configuration, min_sstable_size ({bytesizes.shown(size)}) should be less than 70% of the "
            f"targetSSTableSize ({bytesizes.shown(target)})"
        )


def _check_growth(raw: str) -> None:
    written = raw.strip()
    number = written.removesuffix("%").strip()
    growth = real(number)
    if growth is None:
        wrong = f'For input string: "{number}"' if number else "empty String"
        raise ConfigurationException(f"sstable_growth is not a valid number between 0 and 1: {wrong}")
    growth = growth / 100 if written.endswith("%") else growth
    if growth < 0 or growth > 1:
        raise ConfigurationException(f"sstable_growth {raw} must be between 0 and 1")
