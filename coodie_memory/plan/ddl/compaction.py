"""The `compaction` option: strategies and their sub-options. The engine compacts nothing; it checks and remembers."""

from collections.abc import Mapping

from coodie_memory.errors import ConfigurationException
from coodie_memory.plan.ddl import unified
from coodie_memory.plan.ddl.subsettings import LONGS, integer, number, require_flag
from coodie_memory.types import floattext
from coodie_memory.types.digits import whole
from coodie_memory.types.hashing import hashed_texts

_PACKAGE = "org.apache.cassandra.db.compaction."
_COMMON = frozenset(
    {
        "enabled",
        "log_all",
        "only_purge_repaired_tombstones",
        "provide_overlapping_tombstones",
        "tombstone_compaction_interval",
        "tombstone_threshold",
        "unchecked_tombstone_compaction",
    }
)

_SIZE_TIERED = frozenset({"bucket_high", "bucket_low", "max_threshold", "min_sstable_size", "min_threshold"})
_OPTIONS = {
    "SizeTieredCompactionStrategy": _COMMON | _SIZE_TIERED,
    "LeveledCompactionStrategy": _COMMON
    | _SIZE_TIERED
    | {"fanout_size", "single_sstable_uplevel", "sstable_size_in_mb"},
    "TimeWindowCompactionStrategy": _COMMON
    | _SIZE_TIERED
    | {
        "compaction_window_size",
        "compaction_window_unit",
        "expired_sstable_check_frequency_seconds",
        "timestamp_resolution",
        "unsafe_aggressive_sstable_expiration",
    },
    "UnifiedCompactionStrategy": _COMMON
    | {
        "base_shard_count",
        "expired_sstable_check_frequency_seconds",
        "flush_size_override",
        "max_sstables_to_compact",
        "min_sstable_size",
        "overlap_inclusion_method",
        "scaling_parameters",
        "sstable_growth",
        "target_sstable_size",
        "unsafe_aggressive_sstable_expiration",
    },
}
_WINDOW_UNITS = ("MINUTES", "HOURS", "DAYS")
_RESOLUTIONS = ("NANOSECONDS", "MICROSECONDS", "MILLISECONDS", "SECONDS", *_WINDOW_UNITS)
_TOMBSTONES = ("NONE", "ROW", "CELL")


def strategy(given: Mapping[str, str]) -> str:
    """The class, without its package."""
    name = given.get("class")
    if name is None:
        raise ConfigurationException("Missing sub-option 'class' for the 'compaction' option")
    short = name.removeprefix(_PACKAGE)
    if short not in _OPTIONS:
        full = name if "." in name else _PACKAGE + name
        raise ConfigurationException(f"Unable to find compaction strategy class '{full}'")
    tombstones = given.get("provide_overlapping_tombstones", "NONE").upper()
    if tombstones not in _TOMBSTONES:
        raise ConfigurationException(
            f"Invalid value {tombstones} for 'provide_overlapping_tombstones' compaction sub-option - "
            f"must be one of the following [{', '.join(_TOMBSTONES)}]."
        )
    return short


def compaction(given: Mapping[str, str]) -> Mapping[str, str]:
    """The map as the server stores it: the class with its package, thresholds filled in."""
    short = strategy(given)
    options = {name: value for name, value in given.items() if name != "class"}
    thresholds = {} if short == "UnifiedCompactionStrategy" else {"min_threshold": "4", "max_threshold": "32"}
    _check(short, {**thresholds, **options})
    return {"class": _PACKAGE + short, **thresholds, **options}


def _check(strategy: str, options: Mapping[str, str]) -> None:
    _check_common(options)
    match strategy:
        case "LeveledCompactionStrategy":
            _check_leveled(options)
        case "TimeWindowCompactionStrategy":
            _check_window(options)
        case "UnifiedCompactionStrategy":
            unified.check(options)
    if strategy != "UnifiedCompactionStrategy":
        _check_buckets(options)
    listed = hashed_texts(options, copied=len(options))
    if unknown := [option for option in listed if option not in _OPTIONS[strategy]]:
        raise ConfigurationException(
            f"Properties specified [{', '.join(unknown)}] are not understood by {strategy}"
        )
    if "min_threshold" in options:
        _check_thresholds(options)


def _check_leveled(options: Mapping[str, str]) -> None:
    for name in ("sstable_size_in_mb", "fanout_size"):
        # What is no number is told of the size, whichever of the two it is.
        if integer(options, name, 1, shown=options.get("sstable_size_in_mb", "1")) < 1:
            raise ConfigurationException(f"{name} must be larger than 0, but was {whole(options[name])}")


def _check_common(options: Mapping[str, str]) -> None:
    threshold = number(options, "tombstone_threshold", 1.0, "int (base10)")
    if threshold < 0:
        raise ConfigurationException(f"tombstone_threshold must be greater than 0, but was {threshold:f}")
    # Nothing is as good as something here, whatever the message says.
    if (interval := integer(options, "tombstone_compaction_interval", 1, within=LONGS)) < 0:
        raise ConfigurationException(
            f"tombstone_compaction_interval must be greater than 0, but was {interval}"
        )
    require_flag(
        options,
        "unchecked_tombstone_compaction",
        "'{name}' should be either 'true' or 'false', not '{value}'",
    )
    require_flag(options, "log_all", "'{name}' should either be 'true' or 'false', not {value}")
    require_flag(options, "enabled", "{name} should either be 'true' or 'false', not {value}")


def _check_window(options: Mapping[str, str]) -> None:
    for name, allowed in (("timestamp_resolution", _RESOLUTIONS), ("compaction_window_unit", _WINDOW_UNITS)):
        if (unit := options.get(name, "DAYS")) not in allowed:
            raise ConfigurationException(f"{unit} is not valid for {name}")
    if (size := integer(options, "compaction_window_size", 1)) < 1:
        raise ConfigurationException(f"{size} must be greater than 1 for compaction_window_size")
    if (seconds := integer(options, "expired_sstable_check_frequency_seconds", 0, within=LONGS)) < 0:
        raise ConfigurationException(
            f"expired_sstable_check_frequency_seconds must not be negative, but was {seconds}"
        )
    name = "unsafe_aggressive_sstable_expiration"
    require_flag(options, name, "{name} is not 'true' or 'false' ({value})")
    if options.get(name, "").lower() == "true":
        raise ConfigurationException(
            f"{name} is requested but not allowed, restart cassandra with "
            f"-Dcassandra.allow_{name}=true to allow it"
        )


def _check_buckets(options: Mapping[str, str]) -> None:
    if (size := integer(options, "min_sstable_size", 0, within=LONGS)) < 0:
        raise ConfigurationException(f"min_sstable_size must be non negative: {size}")
    low = number(options, "bucket_low", 0.5, "float")
    high = number(options, "bucket_high", 1.5, "float")
    if high <= low:
        raise ConfigurationException(
            f"bucket_high value ({floattext.double(high)}) is less than or equal to the bucket_low value "
            f"({floattext.double(low)})"
        )


def _check_thresholds(options: Mapping[str, str]) -> None:
    for name in ("min_threshold", "max_threshold"):
        if not options[name].isdecimal():
            raise ConfigurationException(
                f"Invalid value {options[name]} for '{name}' compaction sub-option - must be an integer"
            )
    least, most = whole(options["min_threshold"]), whole(options["max_threshold"])
    if least <= 0 or most <= 0:
        raise ConfigurationException(
            "Disabling compaction by setting compaction thresholds to 0 has been removed,"
            " set the compaction option 'enabled' to false instead."
        )
    if least <= 1:
        raise ConfigurationException(f"Min compaction threshold cannot be less than 2 (got {least})")
    if least > most:
        raise ConfigurationException(
            f"Min compaction threshold (got {least}) cannot be greater than max compaction threshold (got {most})"
        )
