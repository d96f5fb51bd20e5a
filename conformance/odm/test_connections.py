"""§11: keyspaces, raw CQL, connections by name, lazily, with levels of their own."""

from contextlib import suppress
from typing import Annotated
from uuid import uuid4

import pytest

from coodie.backend import connections
from coodie.backends.memory import MemoryBackend
from coodie.exceptions import (
    AlreadyExists,
    BackendError,
    ConfigurationError,
    ConfigurationException,
    ConnectionFailed,
    InvalidQueryError,
    InvalidRequest,
    SyntaxException,
)
from coodie.fields import Indexed, PrimaryKey
from coodie.statement import Statement
from coodie_pytest.options import MEMORY_DRIVER


def models(odm):
    class Note(odm.Document):
        id: Annotated[int, PrimaryKey()]
        text: str = ""

    return (Note,)


@pytest.fixture
def keyspace(do):
    """The name of a keyspace that nobody has made yet."""
    name = f"made_{do.name}_{uuid4().hex[:8]}"
    yield name
    connections.get().execute(Statement(f"DROP KEYSPACE IF EXISTS {name}", prepare=False))


@pytest.fixture
def second(do, coodie_cluster, _engine):
    """Opens another connection to the same database, by name."""
    opened = []

    def second(name, **options):
        backend = connections.get()
        if isinstance(backend, MemoryBackend):
            target = {"session": backend.session, "driver_type": "memory"}
        elif coodie_cluster.name == MEMORY_DRIVER:
            target = {"keyspace": backend.keyspace, "driver_type": "cassandra", **_engine.driver_options()}
        else:
            hosts = [(host.endpoint.address, host.endpoint.port) for host in backend.session.hosts]
            target = {"hosts": hosts, "keyspace": backend.keyspace}
        opened.append(name)
        return do(do.odm.init_coodie(name=name, **target, **options))

    yield second
    for name in opened:
        with suppress(ConfigurationError):
            do(do.odm.close_coodie(name))


# Keyspaces


def test_keyspace_is_made_and_dropped(do, keyspace):
    made = keyspace
    do(do.odm.create_keyspace(made))
    do(do.odm.create_keyspace(made))

    class Far(do.odm.Document):
        id: Annotated[int, PrimaryKey()]

        class Settings:
            keyspace = made

    do(Far.sync_table())
    do(Far(id=1).save())
    assert do(Far.get(id=1)).id == 1
    do(do.odm.drop_keyspace(keyspace))
    do(do.odm.drop_keyspace(keyspace))
    with pytest.raises(InvalidRequest):
        do(Far.get(id=1))


@pytest.mark.parametrize(
    "options",
    [
        {"replication_factor": 1},
        {"strategy": "NetworkTopologyStrategy", "replication_factor": 1},
        {"dc_replication_map": {"datacenter1": 1}},
    ],
)
def test_keyspace_has_its_replication(do, keyspace, options):
    do(do.odm.create_keyspace(keyspace, **options))
    (row,) = do(
        do.odm.execute_raw(
            "SELECT replication FROM system_schema.keyspaces WHERE keyspace_name = ?", [keyspace]
        )
    )

    strategy = "SimpleStrategy" if list(options) == ["replication_factor"] else "NetworkTopologyStrategy"
    assert row["replication"]["class"].endswith(strategy)


def test_hostile_keyspace_is_a_name(do):
    with pytest.raises((InvalidRequest, ConfigurationException, SyntaxException)):
        do(do.odm.create_keyspace('x" WITH nothing; --'))


# Raw CQL


def test_raw_cql_binds_and_gives_dicts(do):
    do(do.odm.execute_raw("INSERT INTO note (id, text) VALUES (?, ?)", [1, "it's"]))

    assert do(do.odm.execute_raw("SELECT id, text FROM note WHERE id = ?", (1,))) == [
        {"id": 1, "text": "it's"}
    ]
    assert do(do.odm.execute_raw("SELECT count(*) AS n FROM note", consistency="ONE", timeout=10)) == [
        {"n": 1}
    ]


@pytest.mark.parametrize("params", ["text", b"bytes", {"id": 1}, {1}, 1])
def test_raw_cql_takes_parameters_by_position_only(do, params):
    """A text would be its letters, a dict its keys."""
    with pytest.raises(
        InvalidQueryError, match=r"the parameters are a tuple or a list with a value for each `\?`"
    ):
        do(do.odm.execute_raw("SELECT id FROM note WHERE id = ?", params))


def test_raw_cql_gives_all_pages(m, do):
    do(m.Note.insert_many(m.Note(id=n) for n in range(6000)))

    assert len(do(do.odm.execute_raw("SELECT id FROM note"))) == 6000
    do(m.Note.truncate())


@pytest.mark.parametrize(
    ("cql", "error", "code"),
    [
        ("SELEC 1", SyntaxException, 0x2000),
        ("SELECT x FROM note", InvalidRequest, 0x2200),
        ("SELECT * FROM nowhere", InvalidRequest, 0x2200),
        ("CREATE TABLE note (id int PRIMARY KEY)", AlreadyExists, 0x2400),
        ("ALTER TABLE note WITH default_time_to_live = -1", ConfigurationException, 0x2300),
    ],
)
def test_servers_refusal_has_its_class_and_code(do, cql, error, code):
    """§2: the same on every backend; what was raised below is the cause."""
    with pytest.raises(error) as caught:
        do(do.odm.execute_raw(cql))

    assert isinstance(caught.value, BackendError)
    assert (caught.value.code, caught.value.message) == (code, str(caught.value))
    assert caught.value.__cause__ is not None


# Connections


def test_model_uses_its_own_connection(m, do, second):
    second("other")

    class Note(do.odm.Document):
        id: Annotated[int, PrimaryKey()]
        text: str = ""

        class Settings:
            connection = "other"

    do(Note(id=1, text="by the other").save())

    assert do(m.Note.get(id=1)).text == "by the other"
    do(do.odm.close_coodie("other"))
    with pytest.raises(ConfigurationError, match="no connection 'other'"):
        do(Note.get(id=1))


def test_second_connection_does_not_steal_the_default(do, second):
    default = connections.get()
    second("other")

    assert connections.get() is default
    second("another", default=True)
    assert connections.get() is not default
    connections.register("default", default, default=True)


def test_closed_connection_answers_no_more(do, second):
    backend = second("other")
    do(do.odm.close_coodie("other"))

    with pytest.raises(ConnectionFailed, match="closed"):
        backend.execute(Statement("SELECT id FROM note"))


def test_lazy_connection_is_opened_when_it_is_used(do, second):
    second("lazy", lazy=True)

    assert do(do.odm.execute_raw("SELECT count(*) AS n FROM note", connection="lazy")) == [{"n": 0}]


def test_levels_of_a_connection_hold_where_nobody_says_otherwise(m, do, second):
    backend = second("careful", consistency="ONE", serial_consistency="LOCAL_SERIAL", timeout=10)

    class Note(do.odm.Document):
        id: Annotated[int, PrimaryKey()]
        text: str = ""

        class Settings:
            connection = "careful"

    do(Note(id=1).save())
    do(Note.insert_many([Note(id=2), Note(id=3)]))
    assert do(Note.find().count()) == 3
    filled = backend.defaults.fill(Statement("SELECT", consistency="ALL"))
    assert (filled.consistency, filled.serial_consistency, filled.timeout) == ("ALL", "LOCAL_SERIAL", 10)


def test_wrong_level_of_a_connection_is_refused(do):
    with pytest.raises(InvalidQueryError, match="'MOST' is no consistency level"):
        do(do.odm.init_coodie(driver_type="memory", consistency="MOST", name="wrong"))


def test_what_to_connect_to_has_to_be_said(do, monkeypatch):
    monkeypatch.delenv("COODIE_BACKEND", raising=False)
    with pytest.raises(ConfigurationError, match="driver_type='cassandra', 'scylla' or 'memory'"):
        do(do.odm.init_coodie())
    with pytest.raises(ConfigurationError, match="'mongo' is no backend"):
        do(do.odm.init_coodie(driver_type="mongo"))


def test_environment_may_choose_the_memory(do, monkeypatch):
    monkeypatch.setenv("COODIE_BACKEND", "memory")
    backend = do(do.odm.init_coodie(name="chosen", keyspace="ks"))
    try:
        assert isinstance(backend, MemoryBackend)
        assert backend.keyspace == "ks"
    finally:
        do(do.odm.close_coodie("chosen"))


# What a server has not, or has switched off


def test_index_of_a_class_that_the_server_lacks_says_what_there_is(do):
    class Special(do.odm.Document):
        id: Annotated[int, PrimaryKey()]
        text: Annotated[str, Indexed(using="org.example.Index")]

        class Settings:
            name = f"indexed_{do.name}"

    with pytest.raises(ConfigurationError, match="this server has no such index"):
        do(Special.sync_table())


@pytest.mark.parametrize("dialect", ["scylla", "cassandra"])
def test_views_that_are_switched_off_say_what_to_switch_on(do, dialect):
    """On a server of its own: this one may have them."""
    do(
        do.odm.init_coodie(
            driver_type="memory", name="without", keyspace="ks", dialect=dialect, materialized_views=False
        )
    )

    class Base(do.odm.Document):
        id: Annotated[int, PrimaryKey()]
        text: str

        class Settings:
            connection = "without"

    class ByText(do.odm.MaterializedView):
        text: Annotated[str, PrimaryKey()]
        id: Annotated[int, PrimaryKey(1)]

        class Settings:
            connection = "without"
            __base_table__ = Base

    try:
        do(Base.sync_table())
        with pytest.raises(
            ConfigurationError, match=r"set materialized_views_enabled: true in cassandra\.yaml"
        ):
            do(ByText.sync_view())
    finally:
        do(do.odm.close_coodie("without"))


def test_sasi_that_is_switched_off_says_what_to_switch_on(do):
    do(
        do.odm.init_coodie(
            driver_type="memory", name="without", keyspace="ks", dialect="cassandra", sasi=False
        )
    )

    class Text(do.odm.Document):
        id: Annotated[int, PrimaryKey()]
        text: Annotated[str, Indexed(using="org.apache.cassandra.index.sasi.SASIIndex")]

        class Settings:
            connection = "without"

    try:
        with pytest.raises(ConfigurationError, match="set sasi_indexes_enabled: true"):
            do(Text.sync_table())
    finally:
        do(do.odm.close_coodie("without"))
