"""A real Cassandra, started and stopped: only where the run may start one, since it takes a JDK and ten seconds each."""

import re
import signal
import socket
import subprocess
import sys

import pytest

from conformance.wire import Connection
from coodie_pytest import probe
from coodie_pytest.cluster import cassandra
from coodie_pytest.configuration import PROFILES, Profile
from coodie_pytest.java import CannotStart
from coodie_pytest.options import RUN


@pytest.fixture
def _allowed(request):
    if not request.config.stash[RUN].starts_servers:
        pytest.skip("starts real clusters: --coodie-backend=cassandra without hosts")


def test_port_that_is_taken_is_refused():
    """Its owner would answer in place of the server."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        with (
            pytest.raises(CannotStart, match=f"127.0.0.1:{port} cannot be listened on"),
            cassandra(port=port),
        ):
            pass


@pytest.mark.usefixtures("_allowed")
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_one_started_by_hand_says_where_it_answers_and_ends_with_its_process(how):
    process = subprocess.Popen(
        [sys.executable, "-m", "coodie_pytest.cluster"], stdout=subprocess.PIPE, text=True
    )
    host, port = re.search(r"answers at ([\d.]+):(\d+)", process.stdout.readline()).groups()
    assert probe.answers(host, int(port))

    process.send_signal(how)
    # The server holds the other end of no pipe of ours: ask it until it is gone.
    process.communicate()
    while probe.answers(host, int(port)):
        pass

    assert process.returncode == (-how if how == signal.SIGKILL else 0)


@pytest.mark.usefixtures("_allowed")
def test_one_that_asks_for_logins_lets_its_superuser_in_from_the_start():
    with (
        cassandra(profile="authentication") as cluster,
        Connection.to(cluster.hosts[0], cluster.port) as came_in,
    ):
        assert came_in.query("LIST ROLES OF cassandra").raw[0][0] == b"cassandra"


@pytest.mark.usefixtures("_allowed")
def test_nodes_of_a_ring_see_each_other():
    with cassandra(nodes=2, host="127.0.0.21") as cluster:
        assert cluster.hosts == ("127.0.0.21", "127.0.0.22")
        assert all(probe.reaches_all(host, cluster.port) for host in cluster.hosts)
        folders = [node.folder for node in cluster.nodes]

    assert not any(folder.exists() for folder in folders)
    assert not any(probe.answers(host, cluster.port) for host in cluster.hosts)


@pytest.mark.usefixtures("_allowed")
def test_failed_start_shows_the_end_of_the_log(monkeypatch):
    monkeypatch.setitem(PROFILES, "broken", Profile(options={"commitlog_sync": "sometimes"}))

    with pytest.raises(CannotStart, match="ended while starting") as refused, cassandra(profile="broken"):
        pass

    assert "sometimes" in str(refused.value)
