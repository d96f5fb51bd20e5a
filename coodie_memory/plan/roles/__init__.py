"""Statements about roles.

Who may do it and whether it can be done is asked when the statement is executed, permission first, as the server does.
"""

from functools import partial
from typing import assert_never

from coodie_memory.cql import ast
from coodie_memory.plan.roles import accounts, listings, membership, permissions
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
            return RoleListing(listings.ROLES, partial(listings.list_roles, statement))
        case ast.ListUsers():
            return RoleListing(listings.USERS, listings.list_users)
        case ast.ListPermissions():
            return RoleListing(
                listings.PERMISSIONS, partial(listings.list_permissions, statement, scope.keyspace)
            )
        case _:
            assert_never(statement)
