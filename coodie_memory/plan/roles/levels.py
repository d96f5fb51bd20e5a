"""Statements on service levels: what is kept of them, since nothing here is shared or times out by them, are their settings."""

from collections.abc import Iterable, Sequence
from typing import cast

from coodie_memory.cql import ast
from coodie_memory.errors import InvalidRequest, SyntaxException
from coodie_memory.plan.ddl import properties
from coodie_memory.plan.nodes import Moment
from coodie_memory.plan.roles.outcome import RoleOutcome
from coodie_memory.plan.roles.standing import Standing
from coodie_memory.result import ColumnSpec, Metadata, Raw
from coodie_memory.schema import resources
from coodie_memory.schema.levels import DEFAULT_SHARES, ServiceLevel, Workload, effect
from coodie_memory.types import durations
from coodie_memory.types.base import CqlType
from coodie_memory.types.names import NATIVE
from coodie_memory.value import replace

_MOST = 6
"""So many levels are scheduled apart from each other."""
_OPTIONS = frozenset({"timeout", "workload_type", "shares"})
_MILLISECOND = 1_000_000
_TEXT, _DURATION, _INT = NATIVE["text"], NATIVE["duration"], NATIVE["int"]


def _columns(table: str, **types: CqlType) -> Metadata:
    return Metadata([ColumnSpec("QOS", table, name, kind) for name, kind in types.items()])


_LEVEL = {"service_level": _TEXT, "timeout": _DURATION, "workload_type": _TEXT, "shares": _INT}
LEVEL = _columns("service_levels", **_LEVEL)
LEVELS = _columns("service_levels", **_LEVEL, **{"percentage of all service level shares": _TEXT})
ATTACHED = _columns("service_levels_attachments", role=_TEXT, service_level=_TEXT)
EFFECTIVE = _columns(
    "effective_service_level", service_level_option=_TEXT, effective_service_level=_TEXT, value=_TEXT
)


def create_level(statement: ast.CreateServiceLevel, standing: Standing, _moment: Moment) -> RoleOutcome:
    """CREATE SERVICE LEVEL."""
    standing.ensure("AUTHORIZE", resources.ALL_SERVICE_LEVELS)
    roles, name = standing.roles, statement.level
    level = _with(ServiceLevel(name), statement.properties)
    if name in roles.levels:
        if statement.if_not_exists:
            return RoleOutcome(roles)
        raise InvalidRequest(f"The service level '{name}' already exists.")
    if len(roles.levels) == _MOST:
        raise InvalidRequest("Can't create service level - no more scheduling groups exist")
    return RoleOutcome(roles.with_level(level))


def alter_level(statement: ast.AlterServiceLevel, standing: Standing, _moment: Moment) -> RoleOutcome:
    """ALTER SERVICE LEVEL: what is not given stays."""
    standing.ensure("AUTHORIZE", resources.ALL_SERVICE_LEVELS)
    roles, name = standing.roles, statement.level
    if name not in roles.levels:
        _with(ServiceLevel(name), statement.properties)
        # The misspelling is the server's.
        raise InvalidRequest(f"The service level '{name}' desn't exist.")
    return RoleOutcome(roles.with_level(_with(roles.levels[name], statement.properties)))


def drop_level(statement: ast.DropServiceLevel, standing: Standing, _moment: Moment) -> RoleOutcome:
    """DROP SERVICE LEVEL, which is attached to nobody then."""
    standing.ensure("AUTHORIZE", resources.ALL_SERVICE_LEVELS)
    roles, name = standing.roles, statement.level
    if name in roles.levels:
        return RoleOutcome(roles.without_level(name))
    if statement.if_exists:
        return RoleOutcome(roles)
    raise _missing(name)


def attach_level(statement: ast.AttachServiceLevel, standing: Standing, _moment: Moment) -> RoleOutcome:
    """ATTACH SERVICE LEVEL: a role has one at a time."""
    standing.ensure("AUTHORIZE", resources.ALL_SERVICE_LEVELS)
    roles = standing.roles
    if statement.level not in roles.levels:
        raise _missing(statement.level)
    _check_role(statement.role, standing)
    return RoleOutcome(roles.attaching(statement.level, statement.role))


def detach_level(statement: ast.DetachServiceLevel, standing: Standing, _moment: Moment) -> RoleOutcome:
    """DETACH SERVICE LEVEL, whether the role has one or not."""
    standing.ensure("AUTHORIZE", resources.ALL_SERVICE_LEVELS)
    _check_role(statement.role, standing)
    return RoleOutcome(standing.roles.detaching(statement.role))


def list_levels(statement: ast.ListServiceLevels, standing: Standing) -> Sequence[tuple[Raw, ...]]:
    """LIST SERVICE LEVEL, or all of them with what each has of the sum of shares."""
    standing.ensure("DESCRIBE", resources.ALL_SERVICE_LEVELS)
    levels, wanted = standing.roles.levels, statement.level
    if wanted is not None:
        return [_row(levels[wanted])] if wanted in levels else []
    total = sum(level.shares for level in levels.values())
    return [
        (*_row(levels[name]), f"{100 * levels[name].shares / total:.2f}%".encode()) for name in sorted(levels)
    ]


def list_attached(statement: ast.ListAttachedServiceLevels, standing: Standing) -> Sequence[tuple[Raw, ...]]:
    """LIST ATTACHED SERVICE LEVEL of a role or of all."""
    standing.ensure("DESCRIBE", resources.ALL_SERVICE_LEVELS)
    attached = standing.roles.attached
    names = sorted(attached) if statement.role is None else [statement.role]
    return [(name.encode(), attached[name].encode()) for name in names if name in attached]


def list_effective(statement: ast.ListEffectiveServiceLevel, standing: Standing) -> Sequence[tuple[Raw, ...]]:
    """LIST EFFECTIVE SERVICE LEVEL: what the levels of the role and of those granted to it mean together."""
    _check_role(statement.role, standing)
    roles = standing.roles
    levels = [
        roles.levels[roles.attached[name]] for name in roles.all_of(statement.role) if name in roles.attached
    ]
    if not levels:
        raise InvalidRequest(f"Role {statement.role} doesn't have assigned any service level")
    found = effect(levels)
    duration = found.level.duration
    return [
        (b"workload_type", found.workload_of.encode(), (found.level.workload or "unspecified").encode()),
        (b"timeout", found.timeout_of.encode(), None if duration is None else str(duration).encode()),
        (b"shares", found.shares_of.encode(), str(found.level.shares).encode()),
    ]


def _row(level: ServiceLevel) -> tuple[Raw, ...]:
    return (
        level.name.encode(),
        None if level.duration is None else _DURATION.encode(level.duration),
        None if level.workload is None else level.workload.encode(),
        _INT.encode(level.shares),
    )


def _with(level: ServiceLevel, given: Iterable[ast.Property]) -> ServiceLevel:
    """The level with what WITH says of it."""
    named = properties.by_name(given, _OPTIONS)
    if "timeout" in named:
        level = replace(level, timeout=_timeout(properties.text("timeout", named["timeout"])))
    if "workload_type" in named:
        level = replace(level, workload=_workload(properties.text("workload_type", named["workload_type"])))
    if "shares" in named:
        shares = properties.integer("shares", named["shares"])
        if not 1 <= shares <= DEFAULT_SHARES:
            raise SyntaxException(f"'SHARES' can only take values of 1-{DEFAULT_SHARES} (given {shares})")
        level = replace(level, shares=shares)
    return level


def _timeout(text: str) -> int | None:
    if text.lower() == "null":
        return None
    duration = durations.parse(text)
    if duration.months or duration.days:
        raise InvalidRequest("Timeout values cannot be expressed in days/months")
    if duration.nanoseconds % _MILLISECOND:
        raise InvalidRequest("Timeout values must be expressed in millisecond granularity")
    if duration.nanoseconds < 0:
        raise InvalidRequest("Timeout values must be nonnegative")
    return duration.nanoseconds // _MILLISECOND


def _workload(text: str) -> Workload | None:
    if text == "null":
        return None
    if text not in {"batch", "interactive"}:
        raise InvalidRequest(f"Invalid workload type: {text}")
    return cast("Workload", text)


def _check_role(name: str, standing: Standing) -> None:
    if name not in standing.roles.roles:
        raise InvalidRequest(f"Role {name} doesn't exist.")


def _missing(name: str) -> InvalidRequest:
    return InvalidRequest(f"Service Level {name} doesn't exists.")
