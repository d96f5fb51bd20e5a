"""Roles, users, permissions, identities."""

from typing import assert_never

from coodie_memory.cql import ast, clauses, names, tokens, typenames
from coodie_memory.cql.cursor import Cursor
from coodie_memory.cql.properties import text_map
from coodie_memory.errors import SyntaxException

_PERMISSIONS: dict[str, ast.Permission] = {
    "K_CREATE": "CREATE",
    "K_ALTER": "ALTER",
    "K_DROP": "DROP",
    "K_SELECT": "SELECT",
    "K_MODIFY": "MODIFY",
    "K_AUTHORIZE": "AUTHORIZE",
    "K_DESCRIBE": "DESCRIBE",
    "K_EXECUTE": "EXECUTE",
    "K_UNMASK": "UNMASK",
    "K_SELECT_MASKED": "SELECT_MASKED",
}
_DATA_PERMISSIONS: frozenset[ast.Permission] = frozenset(
    {"CREATE", "ALTER", "DROP", "SELECT", "MODIFY", "AUTHORIZE", "UNMASK", "SELECT_MASKED"}
)
_ROLE_PERMISSIONS: frozenset[ast.Permission] = frozenset({"CREATE", "ALTER", "DROP", "AUTHORIZE", "DESCRIBE"})
_FUNCTION_PERMISSIONS: frozenset[ast.Permission] = frozenset(
    {"CREATE", "ALTER", "DROP", "AUTHORIZE", "EXECUTE"}
)
_JMX_PERMISSIONS: frozenset[ast.Permission] = frozenset(
    {"AUTHORIZE", "DESCRIBE", "EXECUTE", "MODIFY", "SELECT"}
)
_ROLE_OPTIONS = {
    "K_PASSWORD": "PASSWORD",
    "K_HASHED": "HASHED_PASSWORD",
    "K_OPTIONS": "OPTIONS",
    "K_SUPERUSER": "SUPERUSER",
    "K_LOGIN": "LOGIN",
}
"""What the server calls the options that may be given once."""
_CREATE: frozenset[ast.Permission] = frozenset({"CREATE"})
_ALSO_ROLE_NAMES = frozenset({"K_UNMASK", "K_SELECT_MASKED"})
_ROLE_NAMES = tokens.NAMES | {tokens.STRING, tokens.MARKER}
_FUNCTIONS = tokens.NAMES | {"K_TOKEN", tokens.MARKER}
_MBEANS = frozenset({"K_MBEAN", "K_MBEANS"})
_AFTER_TABLE = frozenset({tokens.EOF, ".", ";", "K_FROM", "K_NORECURSIVE", "K_OF", "K_TO"})


# -- roles and users


def create_role(cursor: Cursor) -> ast.CreateRole:
    """`CREATE ROLE …`."""
    cursor.expect("K_CREATE", "K_ROLE")
    if_not_exists = clauses.if_not_exists(cursor)
    role = names.role(cursor)
    return ast.CreateRole(role=role, options=_role_options(cursor), if_not_exists=if_not_exists)


def alter_role(cursor: Cursor) -> ast.AlterRole:
    """`ALTER ROLE …`."""
    cursor.expect("K_ALTER", "K_ROLE")
    if_exists = clauses.if_exists_to_alter(cursor)
    role = names.role(cursor)
    return ast.AlterRole(role=role, options=_role_options(cursor), if_exists=if_exists)


def drop_role(cursor: Cursor) -> ast.DropRole:
    """`DROP ROLE …`."""
    cursor.expect("K_DROP", "K_ROLE")
    if_exists = clauses.if_exists(cursor)
    return ast.DropRole(role=names.role(cursor), if_exists=if_exists)


def create_user(cursor: Cursor) -> ast.CreateRole:
    """`CREATE USER …`: a role with login."""
    cursor.expect("K_CREATE", "K_USER")
    if_not_exists = clauses.if_not_exists(cursor)
    user = _user(cursor)
    password, hashed = _user_password(cursor)
    superuser = _superuser(cursor)
    options = ast.RoleOptions(password, hashed, superuser=bool(superuser), login=True)
    return ast.CreateRole(role=user, options=options, if_not_exists=if_not_exists)


def alter_user(cursor: Cursor) -> ast.AlterRole:
    """`ALTER USER …`."""
    cursor.expect("K_ALTER", "K_USER")
    if_exists = clauses.if_exists_to_alter(cursor)
    user = _user(cursor)
    password, hashed = _user_password(cursor)
    options = ast.RoleOptions(password, hashed, superuser=_superuser(cursor))
    return ast.AlterRole(role=user, options=options, if_exists=if_exists)


def drop_user(cursor: Cursor) -> ast.DropRole:
    """`DROP USER …`."""
    cursor.expect("K_DROP", "K_USER")
    if_exists = clauses.if_exists(cursor)
    return ast.DropRole(role=_user(cursor), if_exists=if_exists)


def _user(cursor: Cursor) -> str:
    """A user's name; its case is kept even without quotes."""
    if cursor.skip(tokens.QUOTED_NAME):
        raise cursor.refusal(cursor.dialect.role_refusals.quoted_user)
    grammar = cursor.dialect.grammar
    keywords = tokens.UNQUOTED_NAMES - grammar.taken_words if grammar.keywords_as_users else frozenset[str]()
    cursor.require({tokens.IDENT, tokens.STRING} | keywords)
    return cursor.take()


def _user_password(cursor: Cursor) -> tuple[str | None, str | None]:
    if not cursor.skip("K_WITH"):
        return None, None
    cursor.require(
        {"K_PASSWORD", "K_HASHED"} if cursor.dialect.grammar.hashed_passwords_of_users else {"K_PASSWORD"}
    )
    if cursor.skip("K_PASSWORD"):
        return cursor.expect(tokens.STRING), None
    return None, cursor.expect("K_HASHED", "K_PASSWORD", tokens.STRING)


def _superuser(cursor: Cursor) -> bool | None:
    if cursor.skip("K_SUPERUSER"):
        return True
    return False if cursor.skip("K_NOSUPERUSER") else None


def _role_options(cursor: Cursor) -> ast.RoleOptions:
    password = hashed = superuser = login = options = datacenters = cidrs = None
    seen: set[str] = set()
    more = cursor.skip("K_WITH")
    while more:
        kind = cursor.kind
        if kind in seen and kind in _ROLE_OPTIONS and cursor.dialect.grammar.role_options_once:
            raise SyntaxException(f"Multiple definition for property '{_ROLE_OPTIONS[kind]}'")
        seen.add(kind)
        match kind:
            case "K_PASSWORD":
                password = _role_option(cursor, "K_PASSWORD", value=tokens.STRING)
            case "K_HASHED":
                hashed = _role_option(cursor, "K_HASHED", "K_PASSWORD", value=tokens.STRING)
            case "K_OPTIONS":
                cursor.expect("K_OPTIONS", "=")
                options = text_map(cursor)
            case "K_SUPERUSER":
                superuser = _role_option(cursor, "K_SUPERUSER", value=tokens.BOOLEAN).lower() == "true"
            case "K_LOGIN":
                login = _role_option(cursor, "K_LOGIN", value=tokens.BOOLEAN).lower() == "true"
            case "K_ACCESS" if cursor.dialect.grammar.access_of_roles:
                cursor.require({"K_TO", "K_FROM"}, 1)
                if cursor.peek(1) == "K_TO":
                    datacenters = _access(cursor, "K_DATACENTERS")
                else:
                    cidrs = _access(cursor, "K_CIDRS")
            case _:
                raise cursor.no_viable()
        more = cursor.skip("K_AND")
    if password is not None and hashed is not None:
        refusals = cursor.dialect.role_refusals
        raise refusals.class_of_two_passwords(refusals.two_passwords)
    return ast.RoleOptions(password, hashed, superuser, login, options, datacenters, cidrs)


def _role_option(cursor: Cursor, *option: str, value: str) -> str:
    cursor.expect(*option, "=")
    return cursor.expect(value)


def _access(cursor: Cursor, what: str) -> tuple[str, ...]:
    """`ACCESS TO ALL DATACENTERS`, `ACCESS FROM CIDRS {'a', 'b'}`; ALL is the empty tuple."""
    cursor.require({"K_ALL", what}, 2)
    cursor.expect("K_ACCESS")
    cursor.take()
    if cursor.skip("K_ALL"):
        cursor.expect(what)
        return ()
    cursor.expect(what, "{")
    written = [cursor.expect(tokens.STRING)]
    while cursor.skip(","):
        written.append(cursor.expect(tokens.STRING))
    cursor.expect("}")
    return tuple(written)


# -- GRANT, REVOKE, LIST


def grant(cursor: Cursor) -> ast.GrantPermissions | ast.GrantRole:
    """`GRANT …`."""
    is_role = _is_role(cursor, "K_TO")
    cursor.expect("K_GRANT")
    if is_role:
        role = names.role(cursor)
        cursor.expect("K_TO")
        return ast.GrantRole(role, names.role(cursor))
    permissions = _permissions(cursor)
    cursor.expect("K_ON")
    resource = _resource(cursor)
    cursor.expect("K_TO")
    grantee = names.role(cursor)
    _require_applicable(cursor, permissions, resource)
    return ast.GrantPermissions(permissions=permissions, resource=resource, grantee=grantee)


def revoke(cursor: Cursor) -> ast.RevokePermissions | ast.RevokeRole:
    """`REVOKE …`."""
    is_role = _is_role(cursor, "K_FROM")
    cursor.expect("K_REVOKE")
    if is_role:
        role = names.role(cursor)
        cursor.expect("K_FROM")
        return ast.RevokeRole(role, names.role(cursor))
    permissions = _permissions(cursor)
    cursor.expect("K_ON")
    resource = _resource(cursor)
    cursor.expect("K_FROM")
    revokee = names.role(cursor)
    _require_applicable(cursor, permissions, resource)
    return ast.RevokePermissions(permissions=permissions, resource=resource, revokee=revokee)


def _is_role(cursor: Cursor, preposition: str) -> bool:
    """Whether a role, not permissions, is granted: `all`, `unmask` and `select_masked` may be either."""
    first = cursor.peek(1)
    if first == "K_ALL":
        cursor.require({"K_ON", "K_PERMISSIONS", preposition}, 2)
        return cursor.peek(2) == preposition
    if first in _ALSO_ROLE_NAMES and cursor.dialect.grammar.masks:
        cursor.require({",", "K_ON", "K_PERMISSION", preposition}, 2)
        return cursor.peek(2) == preposition
    if first in _grantable(cursor):
        return False
    cursor.require(_ROLE_NAMES, 1)
    return True


def _permissions(cursor: Cursor) -> tuple[ast.Permission, ...] | None:
    if cursor.skip("K_ALL"):
        cursor.skip("K_PERMISSIONS")
        return None
    cursor.require(_grantable(cursor))
    written = [_permission(cursor)]
    while cursor.dialect.grammar.lists_of_permissions and cursor.skip(","):
        written.append(_permission(cursor))
    return tuple(written)


def _grantable(cursor: Cursor) -> frozenset[str]:
    """The words that are permissions."""
    words = frozenset(_PERMISSIONS)
    return words if cursor.dialect.grammar.masks else words - _ALSO_ROLE_NAMES


def _permission(cursor: Cursor) -> ast.Permission:
    permission = _PERMISSIONS.get(cursor.kind)
    if permission is None:
        raise cursor.mismatched_set()
    cursor.take()
    cursor.skip("K_PERMISSION")
    return permission


def _require_applicable(
    cursor: Cursor, permissions: tuple[ast.Permission, ...] | None, resource: ast.Resource
) -> None:
    kind, applicable = _applicable(resource)
    if isinstance(resource, ast.RoleResource) and resource.role and not cursor.dialect.describes_single_roles:
        applicable -= {"DESCRIBE"}
    if permissions is not None and applicable.isdisjoint(permissions):
        refusals = cursor.dialect.role_refusals
        message = refusals.inapplicable.format(kind=kind, resource=_named(resource))
        refused = cursor.refusal(message)
        raise refused if str(refused) != message else refusals.class_of_inapplicable(message)


def _applicable(resource: ast.Resource) -> tuple[str, frozenset[ast.Permission]]:
    """The server's name for the kind of resource, and what may be granted on it: CREATE only on what holds others."""
    match resource:
        case ast.AllKeyspaces() | ast.KeyspaceResource():
            return "DataResource", _DATA_PERMISSIONS
        case ast.TableResource():
            return "DataResource", _DATA_PERMISSIONS - _CREATE
        case ast.RoleResource(None):
            return "RoleResource", _ROLE_PERMISSIONS
        case ast.RoleResource():
            return "RoleResource", _ROLE_PERMISSIONS - _CREATE
        case ast.AllFunctions():
            return "FunctionResource", _FUNCTION_PERMISSIONS
        case ast.FunctionResource():
            return "FunctionResource", _FUNCTION_PERMISSIONS - _CREATE
        case ast.JmxResource():
            return "JMXResource", _JMX_PERMISSIONS
        case _:
            assert_never(resource)


def _named(resource: ast.Resource) -> str:
    """The resource as it is written, whether there is one or not."""
    match resource:
        case ast.AllKeyspaces():
            return "<all keyspaces>"
        case ast.KeyspaceResource():
            return f"<keyspace {resource.keyspace}>"
        case ast.TableResource():
            return f"<table {resource.table.keyspace or ''}.{resource.table.name}>"
        case ast.RoleResource():
            return "<all roles>" if resource.role is None else f"<role {resource.role}>"
        case ast.AllFunctions():
            return (
                "<all functions>" if resource.keyspace is None else f"<all functions in {resource.keyspace}>"
            )
        case ast.FunctionResource():
            return f"<function {resource.function.keyspace or ''}.{resource.function.name}>"
        case ast.JmxResource():
            return f"<mbean {resource.mbean}>"
        case _:
            assert_never(resource)


def _resource(cursor: Cursor) -> ast.Resource:
    kinds = {"K_ALL", "K_ROLE", "K_FUNCTION"}
    if cursor.dialect.grammar.mbeans:
        kinds |= _MBEANS
    following = cursor.peek(1) if cursor.kind in kinds else ""
    match cursor.kind:
        case "K_ALL" if following not in _AFTER_TABLE:
            return _all_resources(cursor)
        case "K_KEYSPACE":
            cursor.take()
            return ast.KeyspaceResource(names.keyspace(cursor))
        case "K_ROLE" if following in _ROLE_NAMES:
            cursor.take()
            return ast.RoleResource(names.role(cursor))
        case "K_FUNCTION" if following in _FUNCTIONS:
            cursor.take()
            return ast.FunctionResource(names.function(cursor), typenames.argument_types(cursor))
        case "K_MBEAN" | "K_MBEANS" if following == tokens.STRING:
            cursor.take()
            return ast.JmxResource(cursor.take())
        case _:
            if following:
                cursor.require(_AFTER_TABLE, 1)
            cursor.require(_FUNCTIONS - {"K_TOKEN"} | {"K_COLUMNFAMILY"})
            cursor.skip("K_COLUMNFAMILY")
            return ast.TableResource(names.table(cursor))


def _all_resources(cursor: Cursor) -> ast.Resource:
    kinds = {"K_KEYSPACES", "K_ROLES", "K_FUNCTIONS"}
    if cursor.dialect.grammar.all_tables_in_keyspace:
        kinds.add("K_TABLES")
    if cursor.dialect.grammar.mbeans:
        kinds.add("K_MBEANS")
    cursor.require(kinds, 1)
    if cursor.peek(1) == "K_FUNCTIONS":
        cursor.require((_AFTER_TABLE - {"."}) | {"K_IN"}, 2)
    cursor.expect("K_ALL")
    what = cursor.kind
    cursor.take()
    match what:
        case "K_KEYSPACES":
            return ast.AllKeyspaces()
        case "K_TABLES":
            cursor.expect("K_IN", "K_KEYSPACE")
            return ast.KeyspaceResource(names.keyspace(cursor), all_tables=True)
        case "K_ROLES":
            return ast.RoleResource(None)
        case "K_MBEANS":
            return ast.JmxResource(None)
        case _:
            if not cursor.skip("K_IN"):
                return ast.AllFunctions(None)
            cursor.expect("K_KEYSPACE")
            return ast.AllFunctions(names.keyspace(cursor))


def list_statement(cursor: Cursor) -> ast.ListPermissions | ast.ListRoles | ast.ListUsers:
    """`LIST …`."""
    cursor.require(_grantable(cursor) | {"K_ALL", "K_ROLES", "K_USERS"}, 1)
    cursor.expect("K_LIST")
    if cursor.skip("K_USERS"):
        return ast.ListUsers()
    if cursor.skip("K_ROLES"):
        return ast.ListRoles(grantee=_of_role(cursor), recursive=not cursor.skip("K_NORECURSIVE"))
    return ast.ListPermissions(
        permissions=_permissions(cursor),
        resource=_resource(cursor) if cursor.skip("K_ON") else None,
        grantee=_of_role(cursor),
        recursive=not cursor.skip("K_NORECURSIVE"),
    )


def _of_role(cursor: Cursor) -> str | None:
    return names.role(cursor) if cursor.skip("K_OF") else None


# -- identities


def add_identity(cursor: Cursor) -> ast.AddIdentity:
    """`ADD IDENTITY …`."""
    cursor.expect("K_ADD", "K_IDENTITY")
    if_not_exists = clauses.if_not_exists(cursor)
    identity = _identity(cursor)
    cursor.expect("K_TO", "K_ROLE")
    return ast.AddIdentity(identity=identity, role=_identity(cursor), if_not_exists=if_not_exists)


def drop_identity(cursor: Cursor) -> ast.DropIdentity:
    """`DROP IDENTITY …`."""
    cursor.expect("K_DROP", "K_IDENTITY")
    if_exists = clauses.if_exists(cursor)
    return ast.DropIdentity(identity=_identity(cursor), if_exists=if_exists)


def _identity(cursor: Cursor) -> str:
    if cursor.skip(tokens.QUOTED_NAME):
        raise cursor.refusal("Quoted strings are are not supported for identity")
    cursor.require({tokens.IDENT, tokens.STRING})
    return cursor.take()
