"""GRANT role TO role and its opposite."""

from coodie_memory.cql import ast
from coodie_memory.errors import InvalidRequest
from coodie_memory.plan.nodes import Moment
from coodie_memory.plan.roles.outcome import RoleOutcome
from coodie_memory.plan.roles.standing import Standing
from coodie_memory.schema import resources
from coodie_memory.value import replace


def grant_role(statement: ast.GrantRole, standing: Standing, _moment: Moment) -> RoleOutcome:
    """GRANT role: there are no circles."""
    role, grantee, roles = statement.role, statement.grantee, standing.roles
    refusals = standing.dialect.role_refusals
    _check(role, grantee, standing)
    if role in roles.all_of(grantee):
        raise InvalidRequest(refusals.member_already.format(grantee=grantee, role=role))
    if grantee in roles.all_of(role):
        raise InvalidRequest(refusals.circle.format(grantee=grantee, role=role))
    member = roles.roles[grantee]
    return RoleOutcome(roles.with_role(replace(member, member_of=member.member_of | {role})))


def revoke_role(statement: ast.RevokeRole, standing: Standing, _moment: Moment) -> RoleOutcome:
    """REVOKE role."""
    role, revokee, roles = statement.role, statement.revokee, standing.roles
    _check(role, revokee, standing)
    member = roles.roles[revokee]
    if role not in member.member_of:
        raise InvalidRequest(standing.dialect.role_refusals.no_member.format(grantee=revokee, role=role))
    return RoleOutcome(roles.with_role(replace(member, member_of=member.member_of - {role})))


def _check(role: str, other: str, standing: Standing) -> None:
    standing.ensure_privileged("AUTHORIZE", resources.role(role))
    standing.logged_in()
    for name in (role, other):
        if name not in standing.roles.roles:
            raise InvalidRequest(standing.dialect.role_refusals.missing_member.format(role=name))
