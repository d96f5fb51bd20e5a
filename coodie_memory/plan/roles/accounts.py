"""CREATE, ALTER and DROP ROLE or USER; identities of certificates."""

import re

from coodie_memory.cql import ast
from coodie_memory.errors import InvalidRequest, ServerError, Unauthorized
from coodie_memory.plan.ddl.keyspaces import DATACENTER
from coodie_memory.plan.nodes import Moment
from coodie_memory.plan.roles.outcome import RoleOutcome
from coodie_memory.plan.roles.standing import Standing
from coodie_memory.schema import passwords, resources
from coodie_memory.schema.roles import Role

_BCRYPT = r"\$2[abxy]?\$\d\d\$[./A-Za-z0-9]{53}"


def create_role(statement: ast.CreateRole, standing: Standing, moment: Moment) -> RoleOutcome:
    """CREATE ROLE; who creates it may do everything with it."""
    options, name, roles = statement.options, statement.role, standing.roles
    refusals = standing.dialect.role_refusals
    standing.ensure_privileged("CREATE", resources.ALL_ROLES)
    if options.superuser and not standing.is_superuser:
        raise Unauthorized(refusals.creates_superuser)
    _check_options(options, standing)
    if not name:
        raise InvalidRequest("Role name can't be an empty string")
    _check_access(options)
    creator = standing.logged_in()
    if name in roles.roles:
        if statement.if_not_exists:
            return RoleOutcome(roles)
        raise InvalidRequest(refusals.existing.format(role=name))
    if name in roles.identities.values():
        raise ServerError(
            "java.lang.IllegalStateException: "
            f"Cannot create a role '{name}' when identities already exists for it"
        )
    role = Role(
        name,
        is_superuser=bool(options.superuser),
        can_login=bool(options.login),
        salted_hash=_hash(options, moment),
    )
    _refuse_cidrs(options)
    resource = resources.role(name)
    return RoleOutcome(roles.with_role(role).granting(creator, resource, resource.applicable))


def alter_role(statement: ast.AlterRole, standing: Standing, moment: Moment) -> RoleOutcome:
    """ALTER ROLE: what is not given stays."""
    options, name, roles = statement.options, statement.role, standing.roles
    refusals = standing.dialect.role_refusals
    _check_may_alter(options, name, standing)
    _check_options(options, standing)
    if options == ast.RoleOptions() and refusals.empty_alteration is not None:
        raise InvalidRequest(refusals.empty_alteration)
    _check_access(options)
    standing.logged_in()
    role = roles.roles.get(name)
    if role is None:
        if statement.if_exists:
            return RoleOutcome(roles)
        raise InvalidRequest(refusals.missing.format(role=name))
    if options.datacenters is not None:
        raise InvalidRequest("ACCESS TO DATACENTERS operations not supported by AllowAllNetworkAuthorizer")
    _refuse_cidrs(options)
    altered = Role(
        name,
        is_superuser=role.is_superuser if options.superuser is None else options.superuser,
        can_login=role.can_login if options.login is None else options.login,
        salted_hash=_hash(options, moment) or role.salted_hash,
        member_of=role.member_of,
    )
    return RoleOutcome(roles.with_role(altered))


def drop_role(statement: ast.DropRole, standing: Standing, _moment: Moment) -> RoleOutcome:
    """DROP ROLE with all that it was granted, and all that was granted on it."""
    name, roles, refusals = statement.role, standing.roles, standing.dialect.role_refusals
    if standing.dialect.own_role_is_refused_first and standing.user == name:
        raise InvalidRequest(refusals.drops_oneself)
    standing.ensure_privileged("DROP", resources.role(name))
    if roles.is_superuser(name) and not standing.is_superuser:
        raise Unauthorized(refusals.drops_superuser)
    user = standing.logged_in()
    if name not in roles.roles and not statement.if_exists:
        raise InvalidRequest(refusals.missing_to_drop.format(role=name))
    if user == name:
        raise InvalidRequest(refusals.drops_oneself)
    return RoleOutcome(roles.without_role(name) if name in roles.roles else roles)


def add_identity(statement: ast.AddIdentity, standing: Standing, _moment: Moment) -> RoleOutcome:
    """ADD IDENTITY."""
    identity, roles = statement.identity, standing.roles
    standing.ensure_privileged("CREATE", resources.role(standing.name))
    standing.logged_in()
    if statement.role not in roles.roles:
        raise InvalidRequest(f"Can not add identity for non-existent role '{statement.role}'")
    if identity in roles.identities:
        if statement.if_not_exists:
            return RoleOutcome(roles)
        raise InvalidRequest(f"{identity} already exists")
    return RoleOutcome(roles.with_identity(identity, statement.role))


def drop_identity(statement: ast.DropIdentity, standing: Standing, _moment: Moment) -> RoleOutcome:
    """DROP IDENTITY."""
    identity, roles = statement.identity, standing.roles
    standing.ensure_privileged("DROP", resources.role(standing.name))
    standing.logged_in()
    if identity in roles.identities:
        return RoleOutcome(roles.without_identity(identity))
    if statement.if_exists:
        return RoleOutcome(roles)
    raise InvalidRequest(f"identity '{identity}' doesn't exist")


def _check_may_alter(options: ast.RoleOptions, name: str, standing: Standing) -> None:
    refusals = standing.dialect.role_refusals
    standing.begin()
    is_own = options.superuser is not None and name in standing.roles.all_of(standing.name)
    if is_own and (standing.is_superuser or not standing.dialect.own_status_is_for_superusers):
        raise Unauthorized(refusals.alters_own_superuser)
    if standing.is_superuser:
        return
    if options.superuser is not None:
        raise Unauthorized(refusals.alters_superuser)
    if options.datacenters is not None:
        raise Unauthorized("Only superusers are allowed to alter access to datacenters.")
    if options.cidrs is not None:
        raise Unauthorized("Only superusers are allowed to alter access from CIDR groups.")
    if standing.name != name:
        standing.ensure_privileged("ALTER", resources.role(name))
    elif options.login is not None and refusals.alters_own_login is not None:
        raise Unauthorized(refusals.alters_own_login)
    elif options.options is not None:
        raise Unauthorized(refusals.alters_own_option.format(option="OPTIONS"))


def _check_options(options: ast.RoleOptions, standing: Standing) -> None:
    dialect = standing.dialect
    given = {
        "PASSWORD": options.password,
        "HASHED_PASSWORD": options.hashed_password,
        "OPTIONS": options.options,
    }
    # Without a login nobody has a password.
    unsupported = {"OPTIONS"} if standing.user is not None else set(given)
    for name in sorted(unsupported):
        if given[name] is not None:
            raise InvalidRequest(dialect.role_refusals.unsupported_option.format(option=name))
    if options.password is not None and options.hashed_password is not None:
        raise InvalidRequest("Properties 'PASSWORD' and 'HASHED PASSWORD' are mutually exclusive")
    hashed = options.hashed_password
    if dialect.checks_hashed_passwords and hashed is not None and not re.fullmatch(_BCRYPT, hashed):
        raise InvalidRequest("Invalid hashed password value. Please use jBcrypt.")


def _check_access(options: ast.RoleOptions) -> None:
    if any(name != DATACENTER for name in options.datacenters or ()):
        raise InvalidRequest(
            f"Invalid value(s) for DATACENTERS '[{', '.join(options.datacenters or ())}]',"
            "All values must be valid datacenters"
        )
    if options.cidrs:
        raise InvalidRequest(
            f"Invalid CIDR group(s): [{', '.join(options.cidrs)}]. Available CIDR Groups are: []"
        )


def _refuse_cidrs(options: ast.RoleOptions) -> None:
    """Access from everywhere is what everybody has."""
    if options.cidrs is not None:
        raise InvalidRequest("ACCESS FROM CIDRS operations not supported by AllowAllCIDRAuthorizer")


def _hash(options: ast.RoleOptions, moment: Moment) -> str | None:
    if options.password is None:
        return options.hashed_password
    return passwords.salted(options.password, moment.uuid().bytes)
