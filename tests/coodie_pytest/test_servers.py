"""Which real clusters a run has, and which options ask for them."""

from argparse import Namespace

import pytest

from coodie_pytest.options import Run
from coodie_pytest.servers import Address, Servers


def options(**given):
    nothing = {
        "coodie_backend": None,
        "coodie_dialect": "scylla",
        "coodie_hosts": None,
        "update_golden": False,
    }
    return Namespace(**nothing | given)


@pytest.mark.parametrize(
    ("text", "hosts", "port"),
    [
        ("db", ("db",), 9042),
        ("127.0.0.1:19042", ("127.0.0.1",), 19042),
        ("a:1, b", ("a", "b"), 1),
        ("a:1,b:1", ("a", "b"), 1),
    ],
)
def test_address_is_hosts_that_share_a_port(text, hosts, port):
    assert Address.parse(text) == Address(hosts, port)


@pytest.mark.parametrize("text", ["", "a:", "a:x", ":9042", "a:1,b:2"])
def test_address_that_is_none_is_refused(text):
    with pytest.raises(ValueError, match="is not host"):
        Address.parse(text)


def test_given_cluster_stands_for_every_profile():
    given = Address(("db",), 9042)

    assert Servers(given).address("full") == given


def test_worker_uses_what_it_was_handed():
    handed = Servers(Address(("db",), 9042)).hand_down(["default"])

    assert Servers(None, handed).address("default") == Address(("db",), 9042)
    with pytest.raises(KeyError):
        Servers(None, handed).address("full")


def test_memory_is_the_backend_unless_another_is_named():
    assert Run.from_options(options(), None).backends == ("memory",)


def test_several_backends_are_repeated_or_separated_by_commas():
    run = Run.from_options(options(coodie_backend=["memory,cassandra", "memory"]), None)

    assert run.backends == ("memory", "cassandra")
    assert run.starts_servers


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            {"coodie_backend": ["mongo"]},
            "is one of memory, memory-driver, memory-tcp, cassandra, scylla, not mongo",
        ),
        ({"coodie_backend": ["scylla"]}, "cannot be started from here: give --coodie-hosts"),
        ({"coodie_hosts": "db"}, "--coodie-hosts goes with one --coodie-backend that is a real cluster"),
        ({"coodie_backend": ["cassandra"], "coodie_hosts": "db:x"}, "--coodie-hosts: 'db:x' is not host"),
        ({"update_golden": True}, "writes what a real server answers"),
    ],
)
def test_options_that_cannot_be_meant_are_refused(given, message):
    with pytest.raises(pytest.UsageError, match=message):
        Run.from_options(options(**given), None)
