"""LIST ROLES, USERS and PERMISSIONS."""

from collections.abc import Sequence
from functools import partial

from coodie_memory.cql import ast
from coodie_memory.errors import InvalidRequest, Unauthorized
from coodie_memory.plan.roles.outcome import columns
from coodie_memory.plan.roles.permissions import exists, resolved
from coodie_memory.plan.roles.standing import Standing
from coodie_memory.result import Raw
from coodie_memory.schema import resources
from coodie_memory.schema.resources import PERMISSIONS as IN_ORDER
from coodie_memory.schema.resources import Permission, Resource
from coodie_memory.types.collections import MapType
from coodie_memory.types.names import NATIVE

_TEXT, _BOOLEAN = NATIVE["text"], NATIVE["boolean"]
_OPTIONS = MapType(_TEXT, _TEXT)
ROLES = columns("roles", role=_TEXT, super=_BOOLEAN, login=_BOOLEAN, options=_OPTIONS, datacenters=_TEXT)
USERS = columns("users", name=_TEXT, super=_BOOLEAN, datacenters=_TEXT)
PERMISSIONS = columns("permissions", role=_TEXT, username=_TEXT, resource=_TEXT, permission=_TEXT)
_EVERYWHERE = b"ALL"


def list_roles(statement: ast.ListRoles, standing: Standing) -> Sequence[tuple[Raw, ...]]:
    """LIST ROLES: all that who asks may see."""
    standing.logged_in()
    grantee = statement.grantee
    if grantee is not None and grantee not in standing.roles.roles:
        raise InvalidRequest(standing.dialect.role_refusals.missing_to_list.format(role=grantee))
    roles = standing.roles.roles
    return [
        (
            name.encode(),
            _BOOLEAN.encode(roles[name].is_superuser),
            _BOOLEAN.encode(roles[name].can_login),
            _OPTIONS.encode({}),
            _EVERYWHERE,
        )
        for name in _visible(standing, grantee, recursive=statement.recursive)
    ]


def list_users(standing: Standing) -> Sequence[tuple[Raw, ...]]:
    """LIST USERS: the roles that can log in."""
    standing.logged_in()
    return [
        (name.encode(), _BOOLEAN.encode(standing.roles.is_superuser(name)), _EVERYWHERE)
        for name in _visible(standing, None, recursive=False)
        if standing.roles.roles[name].can_login
    ]


def list_permissions(
    statement: ast.ListPermissions, connected: str | None, standing: Standing
) -> Sequence[tuple[Raw, ...]] | None:
    """LIST PERMISSIONS, with those of what the resource is part of unless NORECURSIVE."""
    user, grantee = standing.logged_in(), statement.grantee
    where: list[Resource | None] = [None]
    if statement.resource is not None:
        resource = resolved(statement.resource, connected, standing)
        if not exists(resource, standing):
            raise InvalidRequest(
                standing.dialect.role_refusals.missing_resource_to_list.format(resource=resource)
            )
        where = [*resource.chain()] if statement.recursive else [resource]
    if grantee is not None and grantee not in standing.roles.roles:
        raise InvalidRequest(standing.dialect.role_refusals.missing_to_list.format(role=grantee))
    _check_may_list(user, grantee, standing)
    wanted = IN_ORDER if statement.permissions is None else statement.permissions
    found = {
        granted for each in where for granted in standing.roles.listed(grantee, each) if granted[2] in wanted
    }
    kinds = standing.dialect.order_of_resources
    rows = [
        (name.encode(), name.encode(), str(resource).encode(), permission.encode())
        for name, resource, permission in sorted(
            found, key=partial(_order_by_kind, kinds) if kinds else _order
        )
    ]
    return rows if rows or standing.dialect.lists_no_permissions_as_rows else None


def _visible(standing: Standing, grantee: str | None, *, recursive: bool) -> list[str]:
    user, roles = standing.logged_in(), standing.roles
    if "DESCRIBE" in roles.permissions(user, resources.ALL_ROLES):
        if grantee is None:
            return sorted(roles.roles)
    else:
        if grantee is not None and grantee not in roles.all_of(user):
            raise Unauthorized(standing.dialect.role_refusals.roles_to_view.format(role=grantee))
        grantee = grantee or user
    if recursive:
        return sorted(roles.all_of(grantee))
    return sorted(each for each in (grantee, *roles.roles[grantee].member_of) if each in roles.roles)


def _check_may_list(user: str, grantee: str | None, standing: Standing) -> None:
    roles = standing.roles
    if not (
        standing.is_superuser
        or grantee in roles.all_of(user)
        or "DESCRIBE" in roles.permissions(user, resources.ALL_ROLES)
        or (grantee is not None and "DESCRIBE" in roles.permissions(user, resources.role(grantee)))
    ):
        raise Unauthorized(f"You are not authorized to view {grantee or 'everyone'}'s permissions")


def _order(granted: tuple[str, Resource, Permission]) -> tuple[str, str, int]:
    name, resource, permission = granted
    return name, resource.name, IN_ORDER.index(permission)


def _order_by_kind(
    kinds: tuple[str, ...], granted: tuple[str, Resource, Permission]
) -> tuple[str, int, tuple[str, ...], str]:
    name, resource, permission = granted
    return name, kinds.index(resource.kind), resource.parts, permission
