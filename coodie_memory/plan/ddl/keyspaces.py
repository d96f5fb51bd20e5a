"""CREATE, ALTER and DROP KEYSPACE."""

import re
from collections.abc import Mapping
from types import MappingProxyType

from coodie_memory.cql import ast
from coodie_memory.dialect import Dialect
from coodie_memory.errors import AlreadyExists, ConfigurationException, InvalidRequest, ServerError
from coodie_memory.plan.ddl import extensions, properties
from coodie_memory.plan.ddl.transformation import Outcome
from coodie_memory.plan.nodes import Moment
from coodie_memory.result import SchemaChange
from coodie_memory.schema.catalog import Schema
from coodie_memory.schema.model import Keyspace
from coodie_memory.value import replace

_PACKAGE = "org.apache.cassandra.locator."
_SIMPLE, _TOPOLOGY, _LOCAL = "SimpleStrategy", "NetworkTopologyStrategy", "LocalStrategy"
DATACENTER = "datacenter1"
"""The one datacenter of a cluster without a ring."""
_KNOWN = frozenset({"replication", "durable_writes"})


def create_keyspace(
    statement: ast.CreateKeyspace, dialect: Dialect, schema: Schema, _moment: Moment
) -> Outcome:
    """CREATE KEYSPACE."""
    given = properties.by_name(statement.properties, _known(dialect))
    replication = _replication_given(given, dialect)
    if replication is None and not dialect.replication_may_be_missing:
        raise InvalidRequest("Missing mandatory option 'replication'")
    created = SchemaChange("CREATED", "KEYSPACE", statement.name)
    if schema.keyspace(statement.name):
        if statement.if_not_exists:
            return Outcome(schema, created if dialect.creating_always_tells else None)
        raise AlreadyExists(f'Cannot add existing keyspace "{statement.name}"', keyspace=statement.name)
    if not replication:
        if not dialect.replication_may_be_missing:
            raise ServerError(
                'java.lang.NullPointerException: Cannot invoke "String.contains(java.lang.CharSequence)" '
                'because "cls" is null'
            )
        replication = {"class": _TOPOLOGY}
    keyspace = Keyspace(
        statement.name,
        _replication(statement.name, replication, dialect),
        properties.boolean("durable_writes", given.get("durable_writes", "true")),
        tablets=extensions.tablets_of_keyspace(given["tablets"]) if "tablets" in given else None,
    )
    return Outcome(schema.with_keyspace(keyspace), created, _warnings(keyspace))


def alter_keyspace(
    statement: ast.AlterKeyspace, dialect: Dialect, schema: Schema, _moment: Moment
) -> Outcome:
    """ALTER KEYSPACE: what is not given stays."""
    given = properties.by_name(statement.properties, _known(dialect))
    asked = _replication_given(given, dialect)
    keyspace = schema.keyspace(statement.name)
    if keyspace is None:
        if statement.if_exists:
            return Outcome(schema)
        raise InvalidRequest(f"Keyspace '{statement.name}' doesn't exist")
    altered = replace(
        keyspace,
        replication=_replication(statement.name, asked, dialect, keyspace.replication)
        if asked
        else keyspace.replication,
        durable_writes=properties.boolean("durable_writes", given["durable_writes"])
        if "durable_writes" in given
        else keyspace.durable_writes,
        tablets=_altered_tablets(keyspace.tablets, given),
    )
    if dialect.factor_changes_by_one:
        _check_factor_step(keyspace, altered)
    warnings = _warnings(altered) if asked is not None else ()
    if altered == keyspace:
        return Outcome(schema, warnings=warnings)
    if _factor(altered.replication) > _factor(keyspace.replication):
        warnings += (
            "When increasing replication factor you need to run a full (-full) repair to distribute the data.",
        )
    return Outcome(schema.with_keyspace(altered), SchemaChange("UPDATED", "KEYSPACE", altered.name), warnings)


def _check_factor_step(before: Keyspace, after: Keyspace) -> None:
    """Tablets follow a change of the replication factor one replica at a time."""
    is_topology = all(
        each.replication["class"].endswith("NetworkTopologyStrategy") for each in (before, after)
    )
    has_tablets = (before.tablets or {}).get("enabled", "true") == "true"
    if is_topology and has_tablets and abs(_factor(after.replication) - _factor(before.replication)) > 1:
        raise InvalidRequest("Only one DC's RF can be changed at a time and not by more than 1")


def drop_keyspace(statement: ast.DropKeyspace, dialect: Dialect, schema: Schema, _moment: Moment) -> Outcome:
    """DROP KEYSPACE with all that is in it."""
    if schema.keyspace(statement.name) is None:
        if statement.if_exists:
            return Outcome(schema)
        raise dialect.missing_keyspace_to_drop(f"Keyspace '{statement.name}' doesn't exist")
    return Outcome(
        schema.without_keyspace(statement.name), SchemaChange("DROPPED", "KEYSPACE", statement.name)
    )


def _known(dialect: Dialect) -> frozenset[str]:
    return _KNOWN | {"tablets"} if dialect.has_tablets else _KNOWN


def _altered_tablets(
    before: Mapping[str, str] | None, given: Mapping[str, properties.Value]
) -> Mapping[str, str] | None:
    if "tablets" not in given:
        return before
    after = extensions.tablets_of_keyspace(given["tablets"])
    was = (before or {}).get("enabled", "true")
    if after.get("enabled", was) != was:
        raise InvalidRequest("Cannot alter replication strategy vnode/tablets flavor")
    return {**(before or {}), **after}


def _replication_given(given: Mapping[str, properties.Value], dialect: Dialect) -> Mapping[str, str] | None:
    if "replication" not in given:
        return None
    replication = properties.mapping("replication", given["replication"])
    if replication and "class" not in replication:
        if dialect.replication_may_be_missing:
            return {"class": _TOPOLOGY, **replication}
        raise ConfigurationException("Missing replication strategy class")
    return replication


def _replication(
    keyspace: str,
    given: Mapping[str, str],
    dialect: Dialect,
    previous: Mapping[str, str] = MappingProxyType({}),
) -> Mapping[str, str]:
    options = dict(given)
    name = options.pop("class")
    short = name.removeprefix(_PACKAGE)
    if name.startswith("java.lang."):
        raise ConfigurationException(
            f"Specified replication strategy class ({name}) is not derived from AbstractReplicationStrategy"
        )
    if short not in {_SIMPLE, _TOPOLOGY, _LOCAL}:
        full = name if "." in name else _PACKAGE + name
        raise ConfigurationException(f"Unable to find replication strategy class '{full}'")
    if short == _LOCAL:
        raise InvalidRequest(
            "Unable to use given strategy class: LocalStrategy is reserved for internal use."
        )
    if short == _TOPOLOGY:
        options = _datacenters(keyspace, options, previous)
    else:
        if not options and not dialect.simple_factor_may_be_missing:
            raise ConfigurationException("SimpleStrategy requires a replication_factor strategy option.")
        options = {"replication_factor": previous.get("replication_factor", "1"), **options}
        if unknown := [option for option in options if option != "replication_factor"]:
            raise ConfigurationException(
                f"Unrecognized strategy option {{{unknown[0]}}} passed to {short} for keyspace {keyspace}"
            )
    for factor in options.values():
        _check_factor(factor)
    return MappingProxyType({"class": _PACKAGE + short, **options})


def _datacenters(keyspace: str, options: dict[str, str], previous: Mapping[str, str]) -> dict[str, str]:
    """`replication_factor` stands for every datacenter that is not named and has none yet."""
    everywhere = options.pop("replication_factor", None)
    if everywhere is None and not options:
        everywhere = previous.get("replication_factor", "1")
    if everywhere is not None:
        _check_factor(everywhere)
        before = {DATACENTER: previous[DATACENTER]} if DATACENTER in previous else {}
        options = {DATACENTER: everywhere, **before, **options}
    options = {name: factor for name, factor in options.items() if factor != "0"}
    if not options:
        raise ConfigurationException("Configuration for at least one datacenter must be present")
    if any(option.lower() == "replication_factor" for option in options):
        raise ConfigurationException(
            f"replication_factor should not appear as an option at construction time for {_TOPOLOGY}"
        )
    if unknown := [option for option in options if option != DATACENTER]:
        raise ConfigurationException(
            f"Unrecognized strategy option {{{unknown[0]}}} passed to {_TOPOLOGY} for keyspace {keyspace}"
        )
    return options


def _check_factor(raw: str) -> None:
    if re.fullmatch(r"[0-9]+/[0-9]+", raw):
        raise ConfigurationException("Transient replication is not enabled on this node")
    try:
        factor = int(raw)
    except ValueError:
        raise ConfigurationException(f'For input string: "{raw}"') from None
    if factor < 0:
        raise ConfigurationException(f"Replication factor must be non-negative, found {factor}")


def _factor(replication: Mapping[str, str]) -> int:
    return sum(int(factor) for name, factor in replication.items() if name != "class")


def _warnings(keyspace: Keyspace) -> tuple[str, ...]:
    factor = _factor(keyspace.replication)
    if factor <= 1:
        return ()
    warning = (
        f"Your replication factor {factor} for keyspace {keyspace.name} is higher than the number of nodes 1"
    )
    return (f"{warning} for datacenter {DATACENTER}" if DATACENTER in keyspace.replication else warning,)
