"""Where ScyllaDB keeps a keyspace: in tablets or not, and on which storage."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from coodie_memory.errors import ConfigurationException, InvalidRequest
from coodie_memory.plan.ddl import properties
from coodie_memory.plan.ddl.properties import Value
from coodie_memory.schema.model import NONE, Keyspace

_S3 = ("bucket", "endpoint")


def initial_tablets(given: Mapping[str, Value], default: int | None) -> int | None:
    """How many tablets `tablets = {'enabled': …, 'initial': …}` asks for; None: the keyspace has none."""
    if "tablets" not in given:
        return default
    options = dict(properties.mapping("tablets", given["tablets"]))
    enabled = options.pop("enabled", "true").lower()
    if enabled not in {"true", "false"}:
        raise ConfigurationException(f"Tablets enabled value must be true or false; found: {enabled}")
    if enabled == "false":
        return None
    initial = options.pop("initial", "0")
    if not initial.isdecimal():
        raise ConfigurationException(f"Initial tablets value should be numeric; found {initial}")
    if options:
        raise ConfigurationException(f"Unrecognized tablets option {next(iter(options))}")
    return int(initial)


def require_tablets(keyspace: Keyspace, options: Mapping[str, Any]) -> None:
    """Refuse to say something of a table's tablets where it has none."""
    if keyspace.tablets is None and "tablets" in options:
        raise ConfigurationException(
            "tablet options cannot be used when tablets are disabled for the keyspace"
        )


def storage(given: Mapping[str, Value]) -> Mapping[str, str]:
    """The type and options of a storage elsewhere, which `storage = {'type': …}` asks for; nothing for the usual one."""
    if "storage" not in given:
        return NONE
    options = dict(properties.mapping("storage", given["storage"]))
    kind = options.pop("type", "LOCAL")
    if kind == "LOCAL":
        if options:
            raise InvalidRequest("Local storage does not accept any custom options")
        return NONE
    if kind != "S3":
        raise InvalidRequest(f"Unknown storage type: {kind}")
    for name in _S3:
        if name not in options:
            raise InvalidRequest(f"Missing S3 option: {name}")
    if len(options) > len(_S3):
        raise InvalidRequest(
            f"Extraneous options for S3: {','.join(sorted(options))}; allowed: {','.join(_S3)}"
        )
    return MappingProxyType({"type": kind, **dict(sorted(options.items()))})


def require_same_storage(before: Mapping[str, str], after: Mapping[str, str]) -> None:
    """Refuse to move a keyspace from one storage to another."""
    if before != after:
        names = (each.get("type", "LOCAL") for each in (before, after))
        raise InvalidRequest(f"Cannot alter storage options: {' to '.join(names)} is not supported")
