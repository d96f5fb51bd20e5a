"""Roles, users, permissions, identities."""

import pytest

from coodie_memory.cql import ast
from coodie_memory.cql.ast import QualifiedName, RoleOptions
from coodie_memory.cql.statements import parse
from coodie_memory.errors import SyntaxException


def test_roles():
    statement = parse(
        "CREATE ROLE IF NOT EXISTS R WITH PASSWORD = 'x' AND SUPERUSER = True AND LOGIN = false "
        "AND OPTIONS = {'a': 1} AND ACCESS TO DATACENTERS {'d', 'e'} AND ACCESS FROM ALL CIDRS"
    )

    options = RoleOptions(
        password="x", superuser=True, login=False, options=(("a", "1"),), datacenters=("d", "e"), cidrs=()
    )
    assert ast.CreateRole(role="r", options=options, if_not_exists=True) == statement
    assert ast.AlterRole(role="R", options=RoleOptions(hashed_password="h")) == parse(
        "ALTER ROLE 'R' WITH HASHED PASSWORD = 'h'"
    )
    assert ast.DropRole(role="r", if_exists=True) == parse("DROP ROLE IF EXISTS r")


def test_two_kinds_of_password_are_refused():
    with pytest.raises(
        SyntaxException, match=r"^Options 'password' and 'hashed password' are mutually exclusive$"
    ):
        parse("CREATE ROLE r WITH PASSWORD = 'a' AND HASHED PASSWORD = 'b'")


def test_users_are_roles_with_login_and_keep_their_case():
    assert ast.CreateRole(role="U", options=RoleOptions(password="x", superuser=True, login=True)) == parse(
        "CREATE USER U WITH PASSWORD 'x' SUPERUSER"
    )
    assert ast.AlterRole(role="u", options=RoleOptions(superuser=False)) == parse("ALTER USER u NOSUPERUSER")
    assert ast.DropRole(role="u") == parse("DROP USER u")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ALL KEYSPACES", ast.AllKeyspaces()),
        ("KEYSPACE ks", ast.KeyspaceResource("ks")),
        ("ALL TABLES IN KEYSPACE ks", ast.KeyspaceResource("ks", all_tables=True)),
        ("TABLE ks.t", ast.TableResource(QualifiedName("ks", "t"))),
        ("t", ast.TableResource(QualifiedName(None, "t"))),
        ("role", ast.TableResource(QualifiedName(None, "role"))),
        ("ROLE r", ast.RoleResource("r")),
        ("ALL ROLES", ast.RoleResource(None)),
        ("ALL FUNCTIONS", ast.AllFunctions(None)),
        ("ALL FUNCTIONS IN KEYSPACE ks", ast.AllFunctions("ks")),
        ("FUNCTION ks.f(int)", ast.FunctionResource(QualifiedName("ks", "f"), (ast.NativeTypeName("int"),))),
        ("ALL MBEANS", ast.JmxResource(None)),
        ("MBEAN 'a:b=c'", ast.JmxResource("a:b=c")),
    ],
)
def test_resources(text, expected):
    granted = ast.GrantPermissions(permissions=("AUTHORIZE",), resource=expected, grantee="r")
    listed = ast.ListPermissions(permissions=None, resource=expected)

    assert granted == parse(f"GRANT AUTHORIZE PERMISSION ON {text} TO r")
    assert listed == parse(f"LIST ALL PERMISSIONS ON {text}")


def test_permissions():
    revoked = parse("REVOKE SELECT, MODIFY ON ALL KEYSPACES FROM r")

    assert revoked.permissions == ("SELECT", "MODIFY")
    assert parse("GRANT ALL ON t TO r").permissions is None
    assert ast.ListPermissions(permissions=("SELECT",), grantee="r", recursive=False) == parse(
        "LIST SELECT OF r NORECURSIVE"
    )


@pytest.mark.parametrize("name", ["r", "all", "unmask", "'any thing'"])
def test_roles_are_granted_too(name):
    role = name.strip("'")

    assert ast.GrantRole(role, "s") == parse(f"GRANT {name} TO s")
    assert ast.RevokeRole(role, "s") == parse(f"REVOKE {name} FROM s")


def test_lists_of_roles_and_users():
    assert ast.ListRoles(grantee="r", recursive=False) == parse("LIST ROLES OF r NORECURSIVE")
    assert ast.ListUsers() == parse("LIST USERS")


def test_identities():
    assert ast.AddIdentity(identity="i", role="r", if_not_exists=True) == parse(
        "ADD IDENTITY IF NOT EXISTS 'i' TO ROLE 'r'"
    )
    assert ast.DropIdentity(identity="i") == parse("DROP IDENTITY 'i'")
