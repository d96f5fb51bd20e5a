"""Options of tables that ScyllaDB has beside everybody's; `Dialect.table_extensions` admits them."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from coodie_memory.errors import ConfigurationException, InvalidRequest
from coodie_memory.plan.ddl import properties
from coodie_memory.plan.ddl.properties import Value
from coodie_memory.schema.model import Keyspace

_BOOLEANS = frozenset({"true", "false"})
_CDC: Mapping[str, frozenset[str]] = {
    "enabled": _BOOLEANS,
    "preimage": _BOOLEANS | {"full"},
    "postimage": _BOOLEANS,
    "delta": frozenset({"full", "keys"}),
}
_CDC_DEFAULTS = {
    "enabled": "false",
    "preimage": "false",
    "postimage": "false",
    "delta": "full",
    "ttl": str(24 * 3600),
}
_MODES = frozenset({"timeout", "repair", "immediate", "disabled"})
_PROPAGATION_DELAY = "3600"
_RATES = frozenset({"max_reads_per_second", "max_writes_per_second"})
_HINTS = frozenset(
    {"min_tablet_count", "max_tablet_count", "min_per_shard_tablet_count", "expected_data_size_in_gb"}
)


def read(name: str, value: Value) -> Any:
    """The value of a table's option."""
    return _READERS[name](name, value)


def tombstone_gc(keyspace: Keyspace) -> Mapping[str, str]:
    """What a table of the keyspace has that says nothing of it: by repair, where replicas in tablets may differ."""
    factors = (int(factor) for name, factor in keyspace.replication.items() if name != "class")
    by_repair = keyspace.tablets is not None and sum(factors) > 1
    return {
        "mode": "repair" if by_repair else "timeout",
        "propagation_delay_in_seconds": _PROPAGATION_DELAY,
    }


def that_say_something(options: Mapping[str, Any]) -> Mapping[str, Any]:
    """The options without tablet hints that are none."""
    return options if options.get("tablets") != {} else {k: v for k, v in options.items() if k != "tablets"}


def _cdc(name: str, value: Value) -> Mapping[str, str]:
    given = {key: text.lower() for key, text in properties.mapping(name, value).items()}
    for key, text in given.items():
        if key not in _CDC and key != "ttl":
            raise ConfigurationException(f"Invalid CDC option: {key}")
        if not (text.isdecimal() if key == "ttl" else text in _CDC[key]):
            raise ConfigurationException(f'Invalid value for CDC option "{key}": {text}')
    return {**_CDC_DEFAULTS, **given}


def _tombstone_gc(name: str, value: Value) -> Mapping[str, str]:
    given = dict(properties.mapping(name, value))
    mode, delay = given.get("mode"), given.get("propagation_delay_in_seconds")
    if unknown := [key for key in given if key not in {"mode", "propagation_delay_in_seconds"}]:
        raise ConfigurationException(f"Invalid tombstone_gc option: {unknown[0]}")
    if mode is None:
        raise ConfigurationException("Missing tombstone_gc option: mode")
    if mode not in _MODES:
        raise ConfigurationException(f"Invalid value for tombstone_gc option mode: {mode}")
    if delay is not None and not delay.isdecimal():
        raise ConfigurationException(
            f"Invalid value for tombstone_gc option propagation_delay_in_seconds: {delay}"
        )
    return {"propagation_delay_in_seconds": _PROPAGATION_DELAY, **given}


def _tablet_hints(name: str, value: Value) -> Mapping[str, str]:
    given = dict(properties.mapping(name, value))
    for key, text in given.items():
        if key not in _HINTS:
            raise InvalidRequest(f"Unknown tablet hint: {key}")
        if not re.fullmatch(r"\d+(\.\d+)?", text):
            raise InvalidRequest(f"Invalid value for tablet hint {key}: {text}")
    return {key: text for key, text in given.items() if float(text)}


def _rate_limit(name: str, value: Value) -> Mapping[str, str]:
    """How often a second a partition may be read and written, which nobody is held to here."""
    given = properties.mapping(name, value)
    if unknown := sorted(given.keys() - _RATES):
        raise ConfigurationException(
            f"Unknown keys in map for per_partition_rate_limit extension: {', '.join(unknown)}"
        )
    for key, text in given.items():
        if not re.match(r"\s*[+-]?\d", text):
            raise ConfigurationException(f"Invalid value for {key} option: expected a non-negative number")
    return given


_READERS: Mapping[str, Callable[[str, Value], Any]] = {
    "cdc": _cdc,
    "paxos_grace_seconds": properties.integer,
    "per_partition_rate_limit": _rate_limit,
    "synchronous_updates": properties.boolean,
    "tablets": _tablet_hints,
    "tombstone_gc": _tombstone_gc,
    "ttl": properties.text,
}
