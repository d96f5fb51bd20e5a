"""Who there is and who may do what, as one immutable value. A change makes another `Roles`."""

from collections.abc import Collection, Iterator, Mapping
from types import MappingProxyType

from coodie_memory.schema.catalog import having, lacking
from coodie_memory.schema.levels import ServiceLevel
from coodie_memory.schema.model import NONE
from coodie_memory.schema.resources import PERMISSIONS, Permission, Resource
from coodie_memory.value import Value, replace

SUPERUSER = "cassandra"
"""The role that is there from the start, and its password."""
_NONE: frozenset[Permission] = frozenset()


class Role(Value):
    """Somebody, or a group; `member_of` are the roles granted to it, `salted_hash` is its password's."""

    name: str
    is_superuser: bool = False
    can_login: bool = False
    salted_hash: str | None = None
    member_of: frozenset[str] = frozenset()


class Roles(Value):
    """All roles by name, what each is granted by resource, whose certificates are whose, and who has which service level."""

    roles: Mapping[str, Role] = NONE
    grants: Mapping[tuple[str, Resource], frozenset[Permission]] = NONE
    identities: Mapping[str, str] = NONE
    levels: Mapping[str, ServiceLevel] = NONE
    attached: Mapping[str, str] = NONE
    """The level of each role that has one."""
    known: frozenset[str] = frozenset(PERMISSIONS)
    describes_single_roles: bool = True
    """The permissions that there are, and whether DESCRIBE is one on a single role; others are not granted."""

    def all_of(self, name: str) -> tuple[str, ...]:
        """The role and all that it has by being granted others, each once."""
        found: dict[str, None] = {}
        waiting = [name]
        while waiting:
            each = waiting.pop(0)
            if each in self.roles and each not in found:
                found[each] = None
                waiting += sorted(self.roles[each].member_of)
        return tuple(found)

    def is_superuser(self, name: str) -> bool:
        """Whether the role, or one granted to it, may do everything."""
        return any(self.roles[each].is_superuser for each in self.all_of(name))

    def permissions(self, name: str, resource: Resource) -> frozenset[Permission]:
        """What the role may do on just this resource, by itself or by the roles granted to it."""
        if self.is_superuser(name):
            return resource.applicable
        return _NONE.union(*(self.grants.get((each, resource), _NONE) for each in self.all_of(name)))

    def listed(
        self, name: str | None, resource: Resource | None
    ) -> Iterator[tuple[str, Resource, Permission]]:
        """What is granted: to one role and those granted to it or to any, on one resource or on any."""
        names: Collection[str] = self.roles if name is None else self.all_of(name)
        for (grantee, where), permissions in self.grants.items():
            if grantee in names and (resource is None or where == resource):
                yield from ((grantee, where, permission) for permission in permissions)

    def with_role(self, role: Role) -> "Roles":
        """With the role added or replaced."""
        return replace(self, roles=having(self.roles, role.name, role))

    def without_role(self, name: str) -> "Roles":
        """Less the role and every trace of it."""
        roles = {
            each.name: replace(each, member_of=each.member_of - {name})
            for each in self.roles.values()
            if each.name != name
        }
        dropped = Resource("roles", (name,))
        grants = {key: given for key, given in self.grants.items() if key[0] != name and key[1] != dropped}
        identities = {identity: role for identity, role in self.identities.items() if role != name}
        return replace(
            self.detaching(name),
            roles=MappingProxyType(roles),
            grants=MappingProxyType(grants),
            identities=MappingProxyType(identities),
        )

    def granting(self, name: str, resource: Resource, permissions: Collection[Permission]) -> "Roles":
        """With permissions given to the role."""
        granted = frozenset(permissions) & self.known
        if resource.kind == "roles" and resource.parts and not self.describes_single_roles:
            granted -= {"DESCRIBE"}
        given = self.grants.get((name, resource), _NONE) | granted
        return replace(self, grants=having(self.grants, (name, resource), given))

    def revoking(self, name: str, resource: Resource, permissions: Collection[Permission]) -> "Roles":
        """With permissions taken from the role."""
        left = self.grants.get((name, resource), _NONE) - frozenset(permissions)
        grants = (
            having(self.grants, (name, resource), left) if left else lacking(self.grants, (name, resource))
        )
        return replace(self, grants=grants)

    def revoking_all_on(self, resources: Collection[Resource]) -> "Roles":
        """With nothing given to anybody on these resources, which are gone."""
        grants = {key: given for key, given in self.grants.items() if key[1] not in resources}
        return replace(self, grants=MappingProxyType(grants))

    def with_identity(self, identity: str, name: str) -> "Roles":
        """With a certificate's identity that is the role's."""
        return replace(self, identities=having(self.identities, identity, name))

    def without_identity(self, identity: str) -> "Roles":
        """Less that identity."""
        return replace(self, identities=lacking(self.identities, identity))

    def with_level(self, level: ServiceLevel) -> "Roles":
        """With the service level added or replaced."""
        return replace(self, levels=having(self.levels, level.name, level))

    def without_level(self, name: str) -> "Roles":
        """Less the service level, which nobody has then."""
        attached = {role: level for role, level in self.attached.items() if level != name}
        return replace(self, levels=lacking(self.levels, name), attached=MappingProxyType(attached))

    def attaching(self, level: str, name: str) -> "Roles":
        """With the level, and no other, being the role's."""
        return replace(self, attached=having(self.attached, name, level))

    def detaching(self, name: str) -> "Roles":
        """With no level being the role's."""
        return replace(self, attached=lacking(self.attached, name)) if name in self.attached else self


NOBODY = Roles()
