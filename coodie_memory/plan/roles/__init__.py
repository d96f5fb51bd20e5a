"""Statements about roles.

Who may do it and whether it can be done is asked when the statement is executed, permission first, as the server does.
"""

from functools import partial
from typing import assert_never

from coodie_memory.cql import ast
from coodie_memory.plan.roles import accounts, levels, listings, membership, permissions
from coodie_memory.plan.roles.outcome import RoleChange, RoleListing
from coodie_memory.plan.scope import Scope

__all__ = ["RoleChange", "RoleListing", "plan_role_statement"]


def plan_role_statement(statement: ast.RoleStatement, scope: Scope) -> RoleChange | RoleListing:
    """The plan of a statement about roles."""
    match statement:
        case ast.CreateRole():
            return RoleChange(partial(accounts.create_role, statement))
        case ast.AlterRole():
            return RoleChange(partial(accounts.alter_role, statement))
        case ast.DropRole():
            return RoleChange(partial(accounts.drop_role, statement))
        case ast.AddIdentity():
            return RoleChange(partial(accounts.add_identity, statement))
        case ast.DropIdentity():
            return RoleChange(partial(accounts.drop_identity, statement))
        case ast.GrantRole():
            return RoleChange(partial(membership.grant_role, statement))
        case ast.RevokeRole():
            return RoleChange(partial(membership.revoke_role, statement))
        case ast.GrantPermissions():
            return RoleChange(partial(permissions.grant, statement, scope.keyspace))
        case ast.RevokePermissions():
            return RoleChange(partial(permissions.revoke, statement, scope.keyspace))
        case ast.ListRoles():
            listing = RoleListing(listings.ROLES, partial(listings.list_roles, statement))
            return listing if scope.dialect.lists_datacenters_of_roles else listing.without_last_column()
        case ast.ListUsers():
            listing = RoleListing(listings.USERS, listings.list_users)
            return listing if scope.dialect.lists_datacenters_of_roles else listing.without_last_column()
        case ast.ListPermissions():
            return RoleListing(
                listings.PERMISSIONS, partial(listings.list_permissions, statement, scope.keyspace)
            )
        case ast.CreateServiceLevel():
            return RoleChange(partial(levels.create_level, statement))
        case ast.AlterServiceLevel():
            return RoleChange(partial(levels.alter_level, statement))
        case ast.DropServiceLevel():
            return RoleChange(partial(levels.drop_level, statement))
        case ast.AttachServiceLevel():
            return RoleChange(partial(levels.attach_level, statement))
        case ast.DetachServiceLevel():
            return RoleChange(partial(levels.detach_level, statement))
        case ast.ListServiceLevels():
            columns = levels.LEVELS if statement.level is None else levels.LEVEL
            return RoleListing(columns, partial(levels.list_levels, statement))
        case ast.ListAttachedServiceLevels():
            return RoleListing(levels.ATTACHED, partial(levels.list_attached, statement))
        case ast.ListEffectiveServiceLevel():
            return RoleListing(levels.EFFECTIVE, partial(levels.list_effective, statement))
        case _:
            assert_never(statement)
