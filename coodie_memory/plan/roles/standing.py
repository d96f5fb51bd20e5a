"""Who asks for a statement, and what he may do."""

from coodie_memory.dialect import Dialect
from coodie_memory.errors import Unauthorized
from coodie_memory.plan.ddl.system import SYSTEM
from coodie_memory.plan.demands import AnyDemand, MaskDemand, SuperuserDemand
from coodie_memory.schema.catalog import Schema
from coodie_memory.schema.resources import Permission, Resource, table
from coodie_memory.schema.roles import Roles
from coodie_memory.value import Value

_ANONYMOUS = "anonymous"
_READABLE = frozenset(
    table("system", name) for name in ("local", "peers", "peers_v2", "size_estimates", "table_estimates")
) | {table("system_traces", "sessions"), table("system_traces", "events")}
_READABLE_KEYSPACES = frozenset({"system_schema", "system_virtual_schema"})


class Standing(Value):
    """Who asks, in a cluster as it is. `user` is None, and everything is allowed, where nobody has to log in."""

    user: str | None
    roles: Roles
    schema: Schema
    dialect: Dialect

    @property
    def name(self) -> str:
        """What messages call who asks."""
        return _ANONYMOUS if self.user is None else self.user

    @property
    def is_superuser(self) -> bool:
        """Whether somebody asks who may do everything."""
        return self.user is not None and self.roles.is_superuser(self.user)

    def may(self, permission: Permission, resource: Resource) -> bool:
        """Whether the permission is given on the resource or on what it is part of.

        What is given on ALL KEYSPACES does not reach the server's own.
        """
        if self.user is None:
            return True
        is_own = resource.kind == "data" and bool(resource.parts) and resource.parts[0] in SYSTEM
        return any(
            permission in self.roles.permissions(self.user, each)
            for each in resource.chain()
            if each.parts or not is_own or self.is_superuser
        )

    def ensure(self, permission: Permission, resource: Resource) -> None:
        """Refuse what is not allowed."""
        if not self.may(permission, resource):
            raise Unauthorized(
                f"User {self.name} has no {permission} permission on {resource} or any of its parents"
            )

    def fulfil(self, demand: AnyDemand) -> None:
        """The same of a statement on data, some of which everybody may read."""
        if isinstance(demand, SuperuserDemand):
            if self.user is not None and not self.is_superuser:
                raise Unauthorized(demand.refusal)
            return
        if isinstance(demand, MaskDemand):
            self._see_through(demand)
        elif not (demand.permission == "SELECT" and _is_readable(demand.resource)):
            self.ensure(demand.permission, demand.resource)

    def _see_through(self, demand: MaskDemand) -> None:
        masked = table(demand.keyspace, demand.table)
        if not (self.may("UNMASK", masked) or self.may("SELECT_MASKED", masked)):
            raise Unauthorized(
                f"User {self.name} has no UNMASK nor SELECT_MASKED permission on table "
                f"{demand.keyspace}.{demand.table}, cannot query masked columns [{', '.join(demand.columns)}]"
            )

    def ensure_privileged(self, permission: Permission, resource: Resource) -> None:
        """The same for roles, in other words."""
        self.begin()
        if not self.may(permission, resource):
            raise Unauthorized(
                self.dialect.role_refusals.unprivileged.format(
                    user=self.name, permission=permission, resource=resource
                )
            )

    def begin(self) -> None:
        """Ask for a login where the server asks first."""
        if self.dialect.refuses_anonymous_first:
            self.logged_in()

    def logged_in(self) -> str:
        """The role that asks; refused where nobody has logged in."""
        if self.user is None:
            raise Unauthorized("You have to be logged in and not anonymous to perform this request")
        return self.user


def _is_readable(resource: Resource) -> bool:
    return resource in _READABLE or (resource.kind == "data" and resource.parts[0] in _READABLE_KEYSPACES)
