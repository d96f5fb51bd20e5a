"""What permissions are given on: all that exists, as a tree whose branches inherit what is given on the trunk."""

from collections.abc import Iterable, Iterator
from typing import Literal, TypeAlias, get_args

from coodie_memory.schema.model import Keyspace, UserAggregate, UserFunction
from coodie_memory.value import Value

Permission: TypeAlias = Literal[
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
PERMISSIONS: tuple[Permission, ...] = get_args(Permission)
"""In the server's order."""
Kind: TypeAlias = Literal["data", "roles", "functions", "mbean", "service_levels"]
ALL_TABLES = "*"
_ROOTS: dict[Kind, str] = {
    "data": "<all keyspaces>",
    "roles": "<all roles>",
    "functions": "<all functions>",
    "mbean": "<all mbeans>",
    "service_levels": "<all service levels>",
}
_APPLICABLE: dict[Kind, frozenset[Permission]] = {
    "data": frozenset(PERMISSIONS) - {"DESCRIBE", "EXECUTE"},
    "roles": frozenset({"CREATE", "ALTER", "DROP", "AUTHORIZE", "DESCRIBE"}),
    "functions": frozenset({"CREATE", "ALTER", "DROP", "AUTHORIZE", "EXECUTE"}),
    "mbean": frozenset({"AUTHORIZE", "DESCRIBE", "EXECUTE", "MODIFY", "SELECT"}),
    "service_levels": frozenset({"AUTHORIZE", "DESCRIBE"}),
}
_CREATE: frozenset[Permission] = frozenset({"CREATE"})


class Resource(Value):
    """A branch of one of the trees. `parts` is the way from the root, which has none.

    data: keyspace, then a table or `*`, which are all of its tables. functions: keyspace, then `name(types)`. roles and
    mbean: the name.
    """

    kind: Kind
    parts: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """How `system_auth` spells it."""
        return "/".join((self.kind, *self.parts))

    @property
    def applicable(self) -> frozenset[Permission]:
        """The permissions that mean something here."""
        match self.kind, self.parts:
            case ("data", (_, table)) if table != ALL_TABLES:
                return _APPLICABLE["data"] - _CREATE
            case ("roles", (_,)) | ("functions", (_, _)):
                return _APPLICABLE[self.kind] - _CREATE
            case _:
                return _APPLICABLE[self.kind]

    def chain(self) -> Iterator["Resource"]:
        """The resource, then what it is part of, up to the root."""
        yield self
        parts = self.parts
        if self.kind == "data" and len(parts) == 2 and parts[1] != ALL_TABLES:
            yield Resource("data", (parts[0], ALL_TABLES))
        while parts:
            parts = parts[:-1]
            yield Resource(self.kind, parts)

    def __str__(self) -> str:
        match self.kind, self.parts:
            case (_, ()):
                return _ROOTS[self.kind]
            case ("data", (keyspace,)):
                return f"<keyspace {keyspace}>"
            case ("data", (keyspace, table)):
                return f"<all tables in {keyspace}>" if table == ALL_TABLES else f"<table {keyspace}.{table}>"
            case ("functions", (keyspace,)):
                return f"<all functions in {keyspace}>"
            case ("functions", (keyspace, signature)):
                return f"<function {keyspace}.{signature}>"
            case _:
                return f"<{'role' if self.kind == 'roles' else 'mbean'} {self.parts[0]}>"


ALL_KEYSPACES, ALL_ROLES = Resource("data"), Resource("roles")
ALL_SERVICE_LEVELS = Resource("service_levels")


def keyspace(name: str) -> Resource:
    """A keyspace."""
    return Resource("data", (name,))


def all_tables(keyspace_name: str) -> Resource:
    """All tables of a keyspace."""
    return Resource("data", (keyspace_name, ALL_TABLES))


def table(keyspace_name: str, name: str) -> Resource:
    """A table or a view."""
    return Resource("data", (keyspace_name, name))


def all_functions(keyspace_name: str) -> Resource:
    """All user-defined functions and aggregates of a keyspace."""
    return Resource("functions", (keyspace_name,))


def function(keyspace_name: str, name: str, argument_types: Iterable[str]) -> Resource:
    """A user-defined function or aggregate."""
    return Resource("functions", (keyspace_name, f"{name}({', '.join(argument_types)})"))


def defined(made: UserFunction | UserAggregate) -> Resource:
    """That function or aggregate."""
    return function(made.keyspace, made.name, map(str, made.argument_types))


def defined_in(owner: Keyspace) -> Iterator[Resource]:
    """The user-defined functions and aggregates of a keyspace."""
    yield from map(defined, owner.functions.values())
    yield from map(defined, owner.aggregates.values())


def role(name: str) -> Resource:
    """A role."""
    return Resource("roles", (name,))
