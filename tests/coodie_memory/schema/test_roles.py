"""Roles as values: what is inherited, what goes when something goes."""

from coodie_memory.schema import passwords, resources
from coodie_memory.schema.resources import Resource
from coodie_memory.schema.roles import NOBODY, Role

T = resources.table("ks", "t")


def test_a_role_has_what_the_roles_granted_to_it_have() -> None:
    roles = NOBODY.with_role(Role("reader")).with_role(Role("ann", member_of=frozenset({"reader"})))
    roles = roles.granting("reader", T, ["SELECT"])

    assert roles.all_of("ann") == ("ann", "reader")
    assert roles.permissions("ann", T) == {"SELECT"}
    assert roles.permissions("ann", resources.keyspace("ks")) == frozenset()


def test_a_member_of_a_superuser_may_do_everything() -> None:
    roles = NOBODY.with_role(Role("root", is_superuser=True))
    roles = roles.with_role(Role("ann", member_of=frozenset({"root"})))

    assert roles.is_superuser("ann")
    assert roles.permissions("ann", T) == T.applicable


def test_a_dropped_role_leaves_no_trace() -> None:
    roles = NOBODY.with_role(Role("gone")).with_role(Role("ann", member_of=frozenset({"gone"})))
    roles = roles.granting("gone", T, ["SELECT"]).granting("ann", resources.role("gone"), ["ALTER"])
    roles = roles.with_identity("certificate", "gone").without_role("gone")

    assert roles == NOBODY.with_role(Role("ann"))


def test_what_is_revoked_to_the_last_is_no_grant() -> None:
    roles = NOBODY.granting("ann", T, ["SELECT", "MODIFY"])

    assert roles.revoking("ann", T, ["SELECT", "MODIFY"]) == NOBODY
    assert roles.revoking_all_on({T}) == NOBODY


def test_a_table_is_part_of_all_tables_of_its_keyspace() -> None:
    chain = list(T.chain())

    assert list(map(str, chain)) == [
        "<table ks.t>",
        "<all tables in ks>",
        "<keyspace ks>",
        "<all keyspaces>",
    ]
    assert [each.name for each in chain] == ["data/ks/t", "data/ks/*", "data/ks", "data"]


def test_nothing_is_created_in_what_has_no_parts() -> None:
    assert "CREATE" not in T.applicable
    assert "CREATE" in resources.all_tables("ks").applicable
    assert "CREATE" not in resources.function("ks", "f", ["int"]).applicable
    assert "CREATE" in Resource("roles").applicable
    assert "CREATE" not in resources.role("ann").applicable


def test_a_password_is_right_for_its_own_hash_only() -> None:
    salted = passwords.salted("secret", b"salt")

    assert passwords.is_right("secret", salted)
    assert not passwords.is_right("Secret", salted)
    assert passwords.salted("secret", b"other") != salted
    assert not passwords.is_right("secret", "$2a$10$JSJEMFm6GeaW9XxT5JIheuEtPvat6i7uKbnTcxX3c1wshIIsGyUtG")
