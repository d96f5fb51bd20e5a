"""Roles, users, permissions, identities."""

from dataclasses import dataclass
from typing import Literal as OneOf
from typing import TypeAlias

from coodie_memory.cql.ast.names import QualifiedName, TypeName

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


@dataclass(frozen=True, slots=True)
class RoleOptions:
    """What WITH says about a role; None where it says nothing. `datacenters` and `cidrs` are empty for ALL."""

    password: str | None = None
    hashed_password: str | None = None
    superuser: bool | None = None
    login: bool | None = None
    options: tuple[tuple[str, str], ...] | None = None
    datacenters: tuple[str, ...] | None = None
    cidrs: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateRole:
    """`CREATE ROLE`, or `CREATE USER`, which is a role with login."""

    role: str
    options: RoleOptions
    if_not_exists: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AlterRole:
    """`ALTER ROLE` or `ALTER USER`."""

    role: str
    options: RoleOptions
    if_exists: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DropRole:
    """`DROP ROLE` or `DROP USER`."""

    role: str
    if_exists: bool = False


@dataclass(frozen=True, slots=True)
class GrantRole:
    """`GRANT role TO grantee`."""

    role: str
    grantee: str


@dataclass(frozen=True, slots=True)
class RevokeRole:
    """`REVOKE role FROM revokee`."""

    role: str
    revokee: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRoles:
    """`LIST ROLES [OF grantee] [NORECURSIVE]`."""

    grantee: str | None = None
    recursive: bool = True


@dataclass(frozen=True, slots=True)
class ListUsers:
    """`LIST USERS`."""


@dataclass(frozen=True, slots=True)
class AllKeyspaces:
    """`ALL KEYSPACES`."""


@dataclass(frozen=True, slots=True)
class KeyspaceResource:
    """`KEYSPACE name`, or `ALL TABLES IN KEYSPACE name`."""

    keyspace: str
    all_tables: bool = False


@dataclass(frozen=True, slots=True)
class TableResource:
    """`[TABLE] name`."""

    table: QualifiedName


@dataclass(frozen=True, slots=True)
class RoleResource:
    """`ROLE name`; None is `ALL ROLES`."""

    role: str | None


@dataclass(frozen=True, slots=True)
class AllFunctions:
    """`ALL FUNCTIONS [IN KEYSPACE keyspace]`."""

    keyspace: str | None


@dataclass(frozen=True, slots=True)
class FunctionResource:
    """`FUNCTION name(types)`."""

    function: QualifiedName
    argument_types: tuple[TypeName, ...]


@dataclass(frozen=True, slots=True)
class JmxResource:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantPermissions:
    """`GRANT permissions ON resource TO grantee`; None is ALL."""

    permissions: tuple[Permission, ...] | None
    resource: Resource
    grantee: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokePermissions:
    """`REVOKE permissions ON resource FROM revokee`; None is ALL."""

    permissions: tuple[Permission, ...] | None
    resource: Resource
    revokee: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPermissions:
    """`LIST permissions [ON resource] [OF grantee] [NORECURSIVE]`; None is ALL."""

    permissions: tuple[Permission, ...] | None
    resource: Resource | None = None
    grantee: str | None = None
    recursive: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class AddIdentity:
    """`ADD IDENTITY identity TO ROLE role`."""

    identity: str
    role: str
    if_not_exists: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DropIdentity:
    """`DROP IDENTITY identity`."""

    identity: str
    if_exists: bool = False
