"""What ScyllaDB asks of the numbers in `compaction` before it looks at anything else; a dialect's field says whether."""

import re
from collections.abc import Mapping

from coodie_memory.errors import ConfigurationException

_KNOWN = (
    r"class|enabled|tombstone_threshold|tombstone_compaction_interval|unchecked_tombstone_compaction"
    r"|bucket_low|bucket_high|min_sstable_size|min_threshold|max_threshold|cold_reads_to_omit"
    r"|sstable_size_in_mb|space_amplification_goal|incremental_.*|compaction_window_.*|timestamp_resolution"
    r"|expired_sstable_check_frequency_seconds|enable_optimized_twcs_queries|max_concurrent_.*"
)
_RESOLUTIONS = ("MICROSECONDS", "MILLISECONDS")


def check(options: Mapping[str, str]) -> None:
    """Refuse values that are out of their range, and options that no strategy has."""
    if (threshold := _number(options, "tombstone_threshold")) is not None and not 0 <= threshold <= 1:
        raise _refused(options, "tombstone_threshold", "must be between 0.0 and 1.0")
    if (interval := _number(options, "tombstone_compaction_interval")) is not None and interval <= 0:
        shown = options["tombstone_compaction_interval"]
        raise ConfigurationException(f"tombstone_compaction_interval value ({shown}ms) must be positive")
    if (low := _number(options, "bucket_low")) is not None and not 0 < low <= 1:
        raise _refused(options, "bucket_low", "must be between 0.0 and 1.0")
    if (high := _number(options, "bucket_high")) is not None and high <= 1:
        raise _refused(options, "bucket_high", "must be greater than 1.0")
    if (least := _number(options, "min_threshold")) is not None and least < 2:
        raise _refused(options, "min_threshold", "must be bigger or equal to 2")
    resolution = options.get("timestamp_resolution", "MICROSECONDS")
    if resolution not in _RESOLUTIONS:
        raise ConfigurationException(f"Invalid timestamp resolution {resolution} for timestamp_resolution")
    unknown = [f"{{{name}, {value}}}" for name, value in options.items() if not re.fullmatch(_KNOWN, name)]
    if unknown:
        raise ConfigurationException(
            f"Invalid compaction strategy options {{{', '.join(unknown)}}} for chosen strategy type"
        )


def _number(options: Mapping[str, str], name: str) -> float | None:
    try:
        return float(options[name]) if name in options else None
    except ValueError:
        return None  # what is no number is refused by everybody


def _refused(options: Mapping[str, str], name: str, requirement: str) -> ConfigurationException:
    return ConfigurationException(f"{name} value ({options[name]}) {requirement}")
