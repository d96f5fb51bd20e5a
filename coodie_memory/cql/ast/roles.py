"""Roles, users, permissions, identities."""

from typing import Literal as OneOf
from typing import TypeAlias

from coodie_memory.cql.ast.names import QualifiedName, TypeName
from coodie_memory.value import Value

Permission: TypeAlias = OneOf[
    "CREATE",
    "ALTER",
    "DROP",
    "SELECT",
    "MODIFY",
    "AUTHORIZE",
    "DESCRIBE",
    "EXECUTE",
    "UNMASK",
    "SELECT_MASKED",
]


class RoleOptions(Value):
    """What WITH says about a role; None where it says nothing. `datacenters` and `cidrs` are empty for ALL."""

    password: str | None = None
    hashed_password: str | None = None
    superuser: bool | None = None
    login: bool | None = None
    options: tuple[tuple[str, str], ...] | None = None
    datacenters: tuple[str, ...] | None = None
    cidrs: tuple[str, ...] | None = None


class CreateRole(Value, kw_only=True):
    """`CREATE ROLE`, or `CREATE USER`, which is a role with login."""

    role: str
    options: RoleOptions
    if_not_exists: bool = False


class AlterRole(Value, kw_only=True):
    """`ALTER ROLE` or `ALTER USER`."""

    role: str
    options: RoleOptions
    if_exists: bool = False


class DropRole(Value, kw_only=True):
    """`DROP ROLE` or `DROP USER`."""

    role: str
    if_exists: bool = False


class GrantRole(Value):
    """`GRANT role TO grantee`."""

    role: str
    grantee: str


class RevokeRole(Value):
    """`REVOKE role FROM revokee`."""

    role: str
    revokee: str


class ListRoles(Value, kw_only=True):
    """`LIST ROLES [OF grantee] [NORECURSIVE]`."""

    grantee: str | None = None
    recursive: bool = True


class ListUsers(Value):
    """`LIST USERS`."""


class AllKeyspaces(Value):
    """`ALL KEYSPACES`."""


class KeyspaceResource(Value):
    """`KEYSPACE name`, or `ALL TABLES IN KEYSPACE name`."""

    keyspace: str
    all_tables: bool = False


class TableResource(Value):
    """`[TABLE] name`."""

    table: QualifiedName


class RoleResource(Value):
    """`ROLE name`; None is `ALL ROLES`."""

    role: str | None


class AllFunctions(Value):
    """`ALL FUNCTIONS [IN KEYSPACE keyspace]`."""

    keyspace: str | None


class FunctionResource(Value):
    """`FUNCTION name(types)`."""

    function: QualifiedName
    argument_types: tuple[TypeName, ...]


class JmxResource(Value):
    """`MBEAN 'name'` or `MBEANS 'pattern'`; None is `ALL MBEANS`."""

    mbean: str | None


Resource: TypeAlias = (
    AllKeyspaces
    | KeyspaceResource
    | TableResource
    | RoleResource
    | AllFunctions
    | FunctionResource
    | JmxResource
)


class GrantPermissions(Value, kw_only=True):
    """`GRANT permissions ON resource TO grantee`; None is ALL."""

    permissions: tuple[Permission, ...] | None
    resource: Resource
    grantee: str


class RevokePermissions(Value, kw_only=True):
    """`REVOKE permissions ON resource FROM revokee`; None is ALL."""

    permissions: tuple[Permission, ...] | None
    resource: Resource
    revokee: str


class ListPermissions(Value, kw_only=True):
    """`LIST permissions [ON resource] [OF grantee] [NORECURSIVE]`; None is ALL."""

    permissions: tuple[Permission, ...] | None
    resource: Resource | None = None
    grantee: str | None = None
    recursive: bool = True


class AddIdentity(Value, kw_only=True):
    """`ADD IDENTITY identity TO ROLE role`."""

    identity: str
    role: str
    if_not_exists: bool = False


class DropIdentity(Value, kw_only=True):
    """`DROP IDENTITY identity`."""

    identity: str
    if_exists: bool = False
