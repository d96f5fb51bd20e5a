"""GRANT and REVOKE of permissions, and what a resource's name means."""

from typing import assert_never

from coodie_memory.cql import ast
from coodie_memory.errors import InvalidRequest, Unauthorized
from coodie_memory.plan.ddl.system import SYSTEM, VIRTUAL
from coodie_memory.plan.nodes import Moment
from coodie_memory.plan.roles.outcome import RoleOutcome
from coodie_memory.plan.roles.standing import Standing
from coodie_memory.plan.typenames import cql_type, shown
from coodie_memory.schema import resources
from coodie_memory.schema.model import signature
from coodie_memory.schema.resources import ALL_TABLES, PERMISSIONS, Permission, Resource

_FOR_SYSTEM: frozenset[Permission] = frozenset({"SELECT", "DESCRIBE", "ALTER"})


def grant(
    statement: ast.GrantPermissions, connected: str | None, standing: Standing, _moment: Moment
) -> RoleOutcome:
    """GRANT: what the grantee has already is warned of."""
    grantee, roles = statement.grantee, standing.roles
    resource, permissions = _checked(statement, grantee, connected, standing)
    if (
        resource.kind == "data"
        and resource.parts
        and resource.parts[0] in SYSTEM - VIRTUAL
        and not _FOR_SYSTEM.issuperset(permissions)
    ):
        raise Unauthorized(
            "Granting permissions on system keyspaces is strictly limited, this operation is not permitted"
        )
    had = roles.grants.get((grantee, resource), frozenset())
    vain = permissions & had if standing.dialect.tells_of_vain_grants else frozenset[Permission]()
    warnings = _warning(f"Role '{grantee}' was already granted", vain, resource)
    return RoleOutcome(roles.granting(grantee, resource, permissions), warnings)


def revoke(
    statement: ast.RevokePermissions, connected: str | None, standing: Standing, _moment: Moment
) -> RoleOutcome:
    """REVOKE: what the role had not is warned of."""
    revokee, roles = statement.revokee, standing.roles
    resource, permissions = _checked(statement, revokee, connected, standing)
    had = roles.grants.get((revokee, resource), frozenset())
    vain = permissions - had if standing.dialect.tells_of_vain_grants else frozenset[Permission]()
    warnings = _warning(f"Role '{revokee}' was not granted", vain, resource)
    return RoleOutcome(roles.revoking(revokee, resource, permissions), warnings)


def resolved(resource: ast.Resource, connected: str | None, standing: Standing) -> Resource:
    """The resource that is meant on a connection that uses a keyspace."""
    match resource:
        case ast.AllKeyspaces():
            return resources.ALL_KEYSPACES
        case ast.KeyspaceResource():
            return (
                resources.all_tables(resource.keyspace)
                if resource.all_tables
                else resources.keyspace(resource.keyspace)
            )
        case ast.TableResource():
            return resources.table(_keyspace(resource.table, connected), resource.table.name)
        case ast.RoleResource():
            return resources.ALL_ROLES if resource.role is None else resources.role(resource.role)
        case ast.AllFunctions():
            return Resource("functions", () if resource.keyspace is None else (resource.keyspace,))
        case ast.FunctionResource():
            if resource.function.keyspace is None:
                # Spelt as the server spells it.
                raise InvalidRequest(
                    "In this context function name must be explictly qualified by a keyspace"
                )
            return _function(resource.function.keyspace, resource, standing)
        case ast.JmxResource():
            return Resource("mbean", () if resource.mbean is None else (resource.mbean,))
        case _:
            assert_never(resource)


def _function(owner: str, resource: ast.FunctionResource, standing: Standing) -> Resource:
    """The function or aggregate; where there is none, what it would be called."""
    name, keyspace = resource.function.name, standing.schema.keyspace(owner)
    if keyspace is not None:
        wanted = signature(
            name, [cql_type(each, keyspace, standing.dialect) for each in resource.argument_types]
        )
        made = keyspace.functions.get(wanted) or keyspace.aggregates.get(wanted)
        if made is not None:
            return resources.defined(made)
    return resources.function(owner, name, map(shown, resource.argument_types))


def exists(resource: Resource, standing: Standing) -> bool:
    """Whether there is such a thing."""
    match resource.kind, resource.parts:
        case (_, ()):
            return True
        case ("roles", (name,)):
            return name in standing.roles.roles
        case ("data", (keyspace, table)) if table != ALL_TABLES:
            return standing.schema.table(keyspace, table) is not None
        case ("functions", (owner, _)):
            found = standing.schema.keyspace(owner)
            return found is not None and resource in resources.defined_in(found)
        case ("data" | "functions", (keyspace, *_)):
            return standing.schema.keyspace(keyspace) is not None
        case _:
            return False


def _checked(
    statement: ast.GrantPermissions | ast.RevokePermissions,
    grantee: str,
    connected: str | None,
    standing: Standing,
) -> tuple[Resource, frozenset[Permission]]:
    standing.begin()
    resource = resolved(statement.resource, connected, standing)
    asked = PERMISSIONS if statement.permissions is None else statement.permissions
    permissions = resource.applicable.intersection(asked)
    refusals, is_there = standing.dialect.role_refusals, exists(resource, standing)
    if standing.dialect.resources_are_looked_up_first and not is_there:
        raise InvalidRequest(refusals.missing_resource.format(resource=resource))
    standing.ensure("AUTHORIZE", resource)
    for permission in _in_order(permissions):
        standing.ensure(permission, resource)
    standing.logged_in()
    if grantee not in standing.roles.roles:
        raise InvalidRequest(refusals.missing.format(role=grantee))
    if not is_there:
        raise InvalidRequest(refusals.missing_resource.format(resource=resource))
    return resource, permissions


def _warning(what: str, permissions: frozenset[Permission], resource: Resource) -> tuple[str, ...]:
    if not permissions:
        return ()
    return (f"{what} {', '.join(_in_order(permissions))} on {resource}",)


def _in_order(permissions: frozenset[Permission]) -> list[Permission]:
    return sorted(permissions, key=PERMISSIONS.index)


def _keyspace(name: ast.QualifiedName, connected: str | None) -> str:
    keyspace = name.keyspace or connected
    if keyspace is None:
        raise InvalidRequest(
            "No keyspace has been specified. USE a keyspace, or explicitly specify keyspace.tablename"
        )
    return keyspace
