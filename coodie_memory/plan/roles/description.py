"""Roles, what is granted, and service levels, as the statements that make them: what DESCRIBE SCHEMA WITH INTERNALS adds."""

from collections.abc import Iterator
from typing import NamedTuple

from coodie_memory.schema import resources
from coodie_memory.schema.catalog import Schema
from coodie_memory.schema.describe import function_name
from coodie_memory.schema.resources import ALL_TABLES, PERMISSIONS, Resource
from coodie_memory.schema.roles import SUPERUSER, Role, Roles
from coodie_memory.types.quoting import identifier, string

_ALL = {"data": "ALL KEYSPACES", "roles": "ALL ROLES", "functions": "ALL FUNCTIONS"}


class Described(NamedTuple):
    """What it is, of what name, and the statement."""

    kind: str
    name: str
    statement: str


def described(roles: Roles, schema: Schema, *, with_passwords: bool) -> Iterator[Described]:
    """All of it, each after what it needs; hashes of passwords only if they are asked for."""
    by_name = [roles.roles[name] for name in sorted(roles.roles)]
    for role in by_name:
        yield Described("role", identifier(role.name), _create(role, with_passwords=with_passwords))
    for role in by_name:
        for group in sorted(role.member_of):
            yield Described(
                "grant_role", identifier(group), f"GRANT {identifier(group)} TO {identifier(role.name)};"
            )
    yield from _grants(roles, schema)
    for name in sorted(roles.levels):
        yield Described("service_level", identifier(name), roles.levels[name].create_statement())
    for name, level in sorted(roles.attached.items()):
        statement = f"ATTACH SERVICE LEVEL {identifier(level)} TO {identifier(name)};"
        yield Described("service_level_attachment", identifier(level), statement)


def _create(role: Role, *, with_passwords: bool) -> str:
    # Whoever makes all of this anew is the superuser, who is there from the start.
    condition = "IF NOT EXISTS " if role.name == SUPERUSER else ""
    options = [f"LOGIN = {_flag(role.can_login)}", f"SUPERUSER = {_flag(role.is_superuser)}"]
    if with_passwords and role.salted_hash is not None:
        options.insert(0, f"HASHED PASSWORD = {string(role.salted_hash)}")
    return f"CREATE ROLE {condition}{identifier(role.name)} WITH {' AND '.join(options)};"


def _flag(value: bool) -> str:  # noqa: FBT001 - there is nothing else to tell
    return "true" if value else "false"


def _grants(roles: Roles, schema: Schema) -> Iterator[Described]:
    for (name, resource), permissions in sorted(
        roles.grants.items(), key=lambda item: (item[0][0], item[0][1].name)
    ):
        for permission in sorted(permissions, key=PERMISSIONS.index):
            statement = f"GRANT {permission} ON {_spelt(resource, schema)} TO {identifier(name)};"
            yield Described("grant_permission", identifier(name), statement)


def _spelt(resource: Resource, schema: Schema) -> str:
    match resource.kind, resource.parts:
        case ("data", (keyspace,)):
            return f"KEYSPACE {identifier(keyspace)}"
        case ("data", (keyspace, table)):
            return (
                f"ALL TABLES IN KEYSPACE {identifier(keyspace)}"
                if table == ALL_TABLES
                else f"{identifier(keyspace)}.{identifier(table)}"
            )
        case ("roles", (name,)):
            return f"ROLE {identifier(name)}"
        case ("functions", (keyspace,)):
            return f"ALL FUNCTIONS IN KEYSPACE {identifier(keyspace)}"
        case ("functions", (keyspace, signature)):
            return f"FUNCTION {identifier(keyspace)}.{_signature(resource, schema) or signature}"
        case _:
            return _ALL[resource.kind]


def _signature(resource: Resource, schema: Schema) -> str | None:
    keyspace = schema.keyspaces[resource.parts[0]]
    functions = {resources.defined(each): function_name(each) for each in keyspace.functions.values()}
    aggregates = {resources.defined(each): function_name(each) for each in keyspace.aggregates.values()}
    return (functions | aggregates).get(resource)
