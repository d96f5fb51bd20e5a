"""The `compaction` option: strategies and their sub-options. The engine compacts nothing; it checks and remembers."""

from collections.abc import Mapping

from coodie_memory.errors import ConfigurationException

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
_WINDOW_UNITS = ("MINUTES", "HOURS", "DAYS")
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


def compaction(given: Mapping[str, str]) -> Mapping[str, str]:
    """The map as the server stores it: the class with its package, thresholds filled in."""
    options = dict(given)
    name = options.pop("class", None)
    if name is None:
        raise ConfigurationException("Missing sub-option 'class' for the 'compaction' option")
    short = name.removeprefix(_PACKAGE)
    if short not in _OPTIONS:
        full = name if "." in name else _PACKAGE + name
        raise ConfigurationException(f"Unable to find compaction strategy class '{full}'")
    thresholds = {} if short == "UnifiedCompactionStrategy" else {"min_threshold": "4", "max_threshold": "32"}
    _check(short, {**thresholds, **options})
    return {"class": _PACKAGE + short, **thresholds, **options}


def _check(strategy: str, options: Mapping[str, str]) -> None:
    if "tombstone_compaction_interval" in options and int(options["tombstone_compaction_interval"]) <= 0:
        raise ConfigurationException(
            "tombstone_compaction_interval must be greater than 0, but was "
            + options["tombstone_compaction_interval"]
        )
    unchecked = options.get("unchecked_tombstone_compaction", "false")
    if unchecked.lower() not in {"true", "false"}:
        raise ConfigurationException(
            f"'unchecked_tombstone_compaction' should be either 'true' or 'false', not '{unchecked}'"
        )
    enabled = options.get("enabled", "true")
    if enabled.lower() not in {"true", "false"}:
        raise ConfigurationException(f"enabled should either be 'true' or 'false', not {enabled}")
    if strategy == "SizeTieredCompactionStrategy" and int(options.get("min_sstable_size", "0")) < 0:
        raise ConfigurationException(f"min_sstable_size must be non negative: {options['min_sstable_size']}")
    if strategy == "TimeWindowCompactionStrategy":
        _check_window(options)
    if "sstable_size_in_mb" in options and int(options["sstable_size_in_mb"]) < 1:
        raise ConfigurationException(
            f"sstable_size_in_mb must be larger than 0, but was {options['sstable_size_in_mb']}"
        )
    if unknown := sorted(option for option in options if option not in _OPTIONS[strategy]):
        raise ConfigurationException(
            f"Properties specified [{', '.join(unknown)}] are not understood by {strategy}"
        )
    if "min_threshold" in options:
        _check_thresholds(options)


def _check_window(options: Mapping[str, str]) -> None:
    unit = options.get("compaction_window_unit", "DAYS")
    if unit not in _WINDOW_UNITS:
        raise ConfigurationException(f"{unit} is not valid for compaction_window_unit")
    size = int(options.get("compaction_window_size", "1"))
    if size < 1:
        raise ConfigurationException(f"{size} must be greater than 1 for compaction_window_size")


def _check_thresholds(options: Mapping[str, str]) -> None:
    for name in ("min_threshold", "max_threshold"):
        if not options[name].isdecimal():
            raise ConfigurationException(
                f"Invalid value {options[name]} for '{name}' compaction sub-option - must be an integer"
            )
    least, most = int(options["min_threshold"]), int(options["max_threshold"])
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
