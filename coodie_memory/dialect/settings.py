"""What `system.config` shows, and a client may change while the server runs: each setting is a field of the dialect."""

import json
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from coodie_memory.dialect.fields import Dialect
from coodie_memory.value import Value, replace


class Setting(Value):
    """A setting by its name: the dialect's field, the server's type, and what text means what value."""

    name: str
    field: str
    type: str
    read: Callable[[str], Any]
    """The field's value of a text; a ValueError where it has none."""
    shown: Callable[[Any], str]


_STRATEGIES = frozenset({"SimpleStrategy", "NetworkTopologyStrategy", "EverywhereStrategy", "LocalStrategy"})


def _flag(text: str) -> bool:
    meanings = {"true": True, "1": True, "false": False, "0": False}
    if text.lower() not in meanings:
        raise ValueError(text)
    return meanings[text.lower()]


def _switch(name: str, field: str) -> Setting:
    return Setting(name, field, "bool", _flag, lambda value: "true" if value else "false")


def _number(name: str, field: str) -> Setting:
    return Setting(name, field, "integer", _natural, str)


def _natural(text: str) -> int:
    if not text.isdecimal():
        raise ValueError(text)
    return int(text)


def _kibibytes(name: str, field: str) -> Setting:
    return Setting(name, field, "integer", _from_kibibytes, lambda value: str(value // 1024))


def _from_kibibytes(text: str) -> int:
    return _natural(text) * 1024


def _threshold(name: str, field: str) -> Setting:
    return Setting(name, field, "integer", int, str)


def _strategies(name: str, field: str) -> Setting:
    return Setting(name, field, "replication strategy list", _from_list, _as_list)


def _from_list(text: str) -> tuple[str, ...]:
    names = text.strip().removeprefix("[").removesuffix("]").split(",")
    found = tuple(name.strip().strip('"') for name in names if name.strip())
    if not _STRATEGIES.issuperset(found):
        raise ValueError(text)
    return found


def _as_list(names: tuple[str, ...]) -> str:
    return f"[{', '.join(map(json.dumps, names))}]"


def _restriction(text: str) -> str:
    meanings = {"true": "true", "1": "true", "false": "false", "0": "false", "warn": "warn"}
    if text.lower() not in meanings:
        raise ValueError(text)
    return meanings[text.lower()]


def _marker(text: str) -> str:
    return "IN({})" if _flag(text) else "in({})"


_ALL = (
    _kibibytes("batch_size_fail_threshold_in_kb", "batch_size_to_refuse"),
    _kibibytes("batch_size_warn_threshold_in_kb", "batch_size_to_warn_of"),
    _switch("cql_duplicate_bind_variable_names_refer_to_same_variable", "named_markers_are_one"),
    Setting(
        "cql_in_bind_variable_name_uses_uppercase_operator",
        "in_marker",
        "bool",
        _marker,
        lambda value: "true" if value.startswith("IN") else "false",
    ),
    _switch("enable_create_table_with_compact_storage", "allows_compact_storage"),
    _number("max_clustering_key_restrictions_per_query", "most_named_rows"),
    _number("max_partition_key_restrictions_per_query", "most_named_partitions"),
    _threshold("maximum_replication_factor_fail_threshold", "greatest_factor_to_allow"),
    _threshold("maximum_replication_factor_warn_threshold", "greatest_factor_to_advise"),
    _threshold("minimum_replication_factor_fail_threshold", "least_factor_to_allow"),
    _threshold("minimum_replication_factor_warn_threshold", "least_factor_to_advise"),
    _strategies("replication_strategy_fail_list", "strategies_to_refuse"),
    _strategies("replication_strategy_warn_list", "strategies_to_warn_of"),
    _number("query_page_size_in_bytes", "page_bytes"),
    _switch("restrict_future_timestamp", "restricts_future_timestamps"),
    Setting(
        "restrict_replication_simplestrategy",
        "simple_strategy_restriction",
        "restriction mode",
        _restriction,
        str,
    ),
    _number("select_internal_page_size", "internal_page_size"),
)
SETTINGS: Mapping[str, Setting] = MappingProxyType({setting.name: setting for setting in _ALL})


def shown(dialect: Dialect) -> Mapping[str, tuple[str, str]]:
    """The value and the type of each setting, as texts."""
    return {
        name: (setting.shown(getattr(dialect, setting.field)), setting.type)
        for name, setting in SETTINGS.items()
    }


def changed(dialect: Dialect, setting: Setting, text: str) -> Dialect:
    """The dialect with another value of a setting; a ValueError where the text has none."""
    return replace(dialect, **{setting.field: setting.read(text)})
