"""CREATE, ALTER and DROP KEYSPACE."""

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from coodie_memory.cql import ast
from coodie_memory.dialect import Dialect
from coodie_memory.errors import AlreadyExists, ConfigurationException, InvalidRequest, ServerError
from coodie_memory.plan.ddl import guardrails, placement, properties
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
_INITIAL_IS_DEPRECATED = (
    "Keyspace `initial` tablets option is deprecated.  Use per-table tablet options instead."
)


def create_keyspace(
    statement: ast.CreateKeyspace, dialect: Dialect, schema: Schema, _moment: Moment
) -> Outcome:
    """CREATE KEYSPACE."""
    given = properties.by_name(statement.properties, _known(dialect))
    replication = _replication_given(given)
    if replication is None and not dialect.replication_may_be_missing:
        raise InvalidRequest("Missing mandatory option 'replication'")
    if dialect.replication_may_be_missing:
        replication = {"class": _TOPOLOGY, **(replication or {})}
    _require_class(replication)
    storage = placement.storage(given)
    warnings = guardrails.warnings(statement.name, replication, dialect) if replication else ()
    created = SchemaChange("CREATED", "KEYSPACE", statement.name)
    if schema.keyspace(statement.name):
        if statement.if_not_exists:
            return Outcome(schema, created if dialect.creating_always_tells else None, warnings)
        raise AlreadyExists(f'Cannot add existing keyspace "{statement.name}"', keyspace=statement.name)
    if not replication:
        raise ServerError(
            'java.lang.NullPointerException: Cannot invoke "String.contains(java.lang.CharSequence)" '
            'because "cls" is null'
        )
    settled = _replication(statement.name, replication, dialect)
    keyspace = Keyspace(
        statement.name,
        settled,
        properties.boolean("durable_writes", given.get("durable_writes", "true")),
        tablets=placement.initial_tablets(
            given, 0 if dialect.has_tablets and _is_topology(settled) else None
        ),
        storage=storage,
    )
    if keyspace.tablets:
        warnings = (_INITIAL_IS_DEPRECATED, *warnings)
    return Outcome(schema.with_keyspace(keyspace), created, (*_of_nodes(keyspace, dialect), *warnings))


def alter_keyspace(
    statement: ast.AlterKeyspace, dialect: Dialect, schema: Schema, _moment: Moment
) -> Outcome:
    """ALTER KEYSPACE: what is not given stays."""
    given = properties.by_name(statement.properties, _known(dialect))
    asked = _replication_given(given)
    _require_class(asked)
    keyspace = schema.keyspace(statement.name)
    if keyspace is None:
        if statement.if_exists:
            return Outcome(schema)
        raise InvalidRequest(dialect.missing_keyspace_to_alter.format(statement.name))
    altered = _altered(keyspace, asked, given, dialect)
    warnings = (*_of_nodes(altered, dialect),)
    if asked:
        warnings += guardrails.warnings(statement.name, asked, dialect)
    if altered == keyspace and not dialect.altering_always_tells:
        return Outcome(schema, warnings=warnings)
    if dialect.warns_of_missing_nodes and _factor(altered.replication) > _factor(keyspace.replication):
        warnings += (
            "When increasing replication factor you need to run a full (-full) repair to distribute the data.",
        )
    return Outcome(schema.with_keyspace(altered), SchemaChange("UPDATED", "KEYSPACE", altered.name), warnings)


def _altered(
    keyspace: Keyspace,
    asked: Mapping[str, str] | None,
    given: Mapping[str, properties.Value],
    dialect: Dialect,
) -> Keyspace:
    if dialect.has_tablets:
        placement.require_same_storage(keyspace.storage, placement.storage(given))
    if asked:
        _strategy(asked["class"], dialect)
    tablets = placement.initial_tablets(given, keyspace.tablets)
    is_kept = asked is None or _is_topology(asked) or tablets is None
    if not is_kept or (tablets is None) is not (keyspace.tablets is None):
        raise InvalidRequest("Cannot alter replication strategy vnode/tablets flavor")
    if asked and tablets is not None:
        _require_each_datacenter(keyspace.replication, asked)
    durable = keyspace.durable_writes if dialect.keeps_durable_writes else True
    altered = replace(
        keyspace,
        replication=_replication(keyspace.name, asked, dialect, keyspace.replication)
        if asked
        else keyspace.replication,
        durable_writes=properties.boolean("durable_writes", given["durable_writes"])
        if "durable_writes" in given
        else durable,
        tablets=tablets,
    )
    # Tablets follow a change of the replication factor one replica at a time.
    step = abs(_factor(altered.replication) - _factor(keyspace.replication))
    if tablets is not None and step > 1:
        raise InvalidRequest("Only one DC's RF can be changed at a time and not by more than 1")
    return altered


def _require_each_datacenter(before: Mapping[str, str], asked: Mapping[str, str]) -> None:
    """Refuse to leave it to the server which replicas stay."""
    if "replication_factor" in asked:
        raise InvalidRequest(
            "'replication_factor' tag is not allowed when executing ALTER KEYSPACE with tablets, "
            "please list the DCs explicitly"
        )
    for datacenter in before:
        if datacenter not in asked:
            raise ConfigurationException(
                f"Attempted to implicitly drop replicas in datacenter {datacenter}. If this is the desired behavior, "
                f"set replication factor to 0 in {datacenter} explicitly."
            )


def drop_keyspace(statement: ast.DropKeyspace, dialect: Dialect, schema: Schema, _moment: Moment) -> Outcome:
    """DROP KEYSPACE with all that is in it."""
    if schema.keyspace(statement.name) is None:
        if statement.if_exists:
            return Outcome(schema)
        raise dialect.class_of_missing_keyspace_to_drop(
            dialect.missing_keyspace_to_drop.format(statement.name)
        )
    return Outcome(
        schema.without_keyspace(statement.name), SchemaChange("DROPPED", "KEYSPACE", statement.name)
    )


def _known(dialect: Dialect) -> frozenset[str]:
    return _KNOWN | {"tablets", "storage"} if dialect.has_tablets else _KNOWN


def _replication_given(given: Mapping[str, properties.Value]) -> Mapping[str, str] | None:
    return properties.mapping("replication", given["replication"]) if "replication" in given else None


def _require_class(replication: Mapping[str, str] | None) -> None:
    if replication and "class" not in replication:
        raise ConfigurationException("Missing replication strategy class")


def _is_topology(replication: Mapping[str, str]) -> bool:
    return not replication or replication["class"].removeprefix(_PACKAGE) == _TOPOLOGY


def _replication(
    keyspace: str,
    given: Mapping[str, str],
    dialect: Dialect,
    previous: Mapping[str, str] = MappingProxyType({}),
) -> Mapping[str, str]:
    options = dict(given)
    short = _strategy(options.pop("class"), dialect)
    if short == _TOPOLOGY:
        options = _datacenters(keyspace, options, dialect, previous)
    elif short == _SIMPLE:
        if not options and not dialect.simple_factor_may_be_missing:
            raise ConfigurationException("SimpleStrategy requires a replication_factor strategy option.")
        options = {"replication_factor": previous.get("replication_factor", "1"), **options}
        if unknown := [option for option in options if option != "replication_factor"]:
            raise ConfigurationException(
                f"Unrecognized strategy option {{{unknown[0]}}} passed to {short} for keyspace {keyspace}"
            )
    for factor in options.values():
        _check_factor(factor, dialect)
    return MappingProxyType({"class": _PACKAGE + short, **options})


def _strategy(name: str, dialect: Dialect) -> str:
    """The short name of a strategy that there is."""
    short = name.removeprefix(_PACKAGE)
    if name.startswith("java.lang."):
        raise ConfigurationException(
            f"Specified replication strategy class ({name}) is not derived from AbstractReplicationStrategy"
        )
    if short not in {_SIMPLE, _TOPOLOGY, _LOCAL, *dialect.more_strategies}:
        full = name if "." in name else _PACKAGE + name
        raise ConfigurationException(f"Unable to find replication strategy class '{full}'")
    if short == _LOCAL and _LOCAL not in dialect.more_strategies:
        raise InvalidRequest(
            "Unable to use given strategy class: LocalStrategy is reserved for internal use."
        )
    return short


def _datacenters(
    keyspace: str, options: dict[str, str], dialect: Dialect, previous: Mapping[str, str]
) -> dict[str, str]:
    """`replication_factor` stands for every datacenter that is not named and has none yet."""
    everywhere = options.pop("replication_factor", None)
    if everywhere is None and not options:
        everywhere = previous.get("replication_factor", "1")
    if everywhere is not None:
        _check_factor(everywhere, dialect)
        before = {DATACENTER: previous[DATACENTER]} if DATACENTER in previous else {}
        options = {DATACENTER: everywhere, **before, **options}
    options = {name: factor for name, factor in options.items() if factor != "0"}
    if not options and not dialect.allows_no_replicas:
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


def _check_factor(raw: str, dialect: Dialect) -> None:
    if re.fullmatch(r"[0-9]+/[0-9]+", raw):
        raise ConfigurationException(dialect.transient_factor.format(raw))
    try:
        factor = int(raw)
    except ValueError:
        raise ConfigurationException(dialect.wrong_factor.format(raw)) from None
    if factor < 0:
        raise ConfigurationException(dialect.negative_factor.format(factor))


def _factor(replication: Mapping[str, str]) -> int:
    return sum(int(factor) for name, factor in replication.items() if name != "class")


def _of_nodes(keyspace: Keyspace, dialect: Dialect) -> Iterator[str]:
    """The warning of more replicas than there are nodes."""
    factor = _factor(keyspace.replication)
    if factor <= 1 or not dialect.warns_of_missing_nodes:
        return
    warning = (
        f"Your replication factor {factor} for keyspace {keyspace.name} is higher than the number of nodes 1"
    )
    yield f"{warning} for datacenter {DATACENTER}" if DATACENTER in keyspace.replication else warning
