"""cqlengine, the object mapper that the Python drivers bring: over TCP, and in this process."""

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import ClassVar

import pytest
from cassandra.cluster import Session
from cassandra.cqlengine import columns, connection, management
from cassandra.cqlengine.functions import MaxTimeUUID, MinTimeUUID
from cassandra.cqlengine.models import Model
from cassandra.cqlengine.query import BatchQuery, DoesNotExist, LWTException
from cassandra.cqlengine.usertype import UserType
from cassandra.util import uuid_from_time

from coodie_memory.cluster import MemoryCluster


class Street(UserType):
    name = columns.Text()
    number = columns.Integer()


class Person(Model):
    __table_name__ = "people"
    __options__: ClassVar = {"comment": "who is here"}
    id = columns.UUID(primary_key=True, default=uuid.uuid4)
    name = columns.Text(required=True, index=True)
    age = columns.Integer()
    home = columns.UserDefinedType(Street)
    tags = columns.Set(columns.Text)
    visits = columns.List(columns.Integer)
    phones = columns.Map(columns.Text, columns.Text)


class Reading(Model):
    sensor = columns.Text(partition_key=True)
    at = columns.TimeUUID(primary_key=True, clustering_order="DESC")
    place = columns.Text(static=True)
    value = columns.Double()


class Hits(Model):
    page = columns.Text(primary_key=True)
    n = columns.Counter()


MODELS = Person, Reading, Hits


@pytest.fixture(params=["tcp", "process"])
def session(
    request: pytest.FixtureRequest, cluster: MemoryCluster, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Session]:
    """The session that cqlengine uses, and the models' tables."""
    monkeypatch.setenv("CQLENG_ALLOW_SCHEMA_MANAGEMENT", "1")
    session = request.getfixturevalue("connect")() if request.param == "tcp" else cluster.connect("ks")
    connection.register_connection("test", session=session, default=True)
    for model in MODELS:
        monkeypatch.setattr(model, "__keyspace__", "ks")
        management.sync_table(model)
    yield session
    connection.unregister_connection("test")
    session.cluster.shutdown()


def test_tables_are_made_and_stay_as_they_are(session: Session) -> None:
    for model in MODELS:
        management.sync_table(model)

    keyspace = session.cluster.metadata.keyspaces["ks"]
    assert set(keyspace.tables) == {"people", "reading", "hits"}
    assert keyspace.tables["people"].options["comment"] == "who is here"
    assert list(keyspace.tables["people"].indexes) == ["people_name_idx"]
    assert keyspace.user_types["street"].field_names == ["name", "number"]


def test_a_table_gets_the_columns_that_its_model_has_got(session: Session) -> None:
    class Noted(Reading):
        __table_name__ = "reading"
        __keyspace__ = "ks"
        note = columns.Text()

    management.sync_table(Noted)

    Noted.create(sensor="s", at=uuid.uuid1(), note="new")
    assert Noted.objects.first().note == "new"
    management.drop_table(Noted)
    assert "reading" not in session.cluster.metadata.keyspaces["ks"].tables


def test_objects_are_created_read_updated_and_deleted(session: Session) -> None:
    def state(person: Person) -> tuple:
        return person.age, set(person.tags), list(person.visits), dict(person.phones)

    home = Street(name="High", number=5)
    made = Person.create(name="ada", age=36, home=home, tags={"x"}, visits=[1], phones={"a": "1"})

    ada = Person.get(id=made.id)
    assert (ada.name, ada.home.number, *state(ada)) == ("ada", 5, 36, {"x"}, [1], {"a": "1"})
    ada.age = 37
    ada.tags.add("y")
    ada.visits.append(2)
    ada.phones["b"] = "2"
    ada.home.number = None
    ada.save()
    assert state(Person.get(id=ada.id)) == (37, {"x", "y"}, [1, 2], {"a": "1", "b": "2"})
    Person.objects(id=ada.id).update(
        tags__remove={"x"}, visits__prepend=[0], phones__update={"a": "3"}, age=None
    )
    assert state(Person.get(id=ada.id)) == (None, {"y"}, [0, 1, 2], {"a": "3", "b": "2"})
    ada.delete()
    with pytest.raises(DoesNotExist):
        Person.get(id=ada.id)


def test_queries_filter_order_limit_and_count(session: Session) -> None:
    ids = [uuid_from_time(second) for second in range(1000, 1010)]
    for at in ids:
        Reading.create(sensor="s", at=at, value=at.time / 2, place="roof")
    Reading.create(sensor="other", at=ids[0], value=0.0)
    early, late = (datetime.fromtimestamp(second, UTC).replace(tzinfo=None) for second in (1002, 1004))

    assert Reading.filter(sensor="s").count() == 10
    assert [each.at for each in Reading.filter(sensor="s").limit(3)] == ids[:-4:-1]
    assert [each.at for each in Reading.filter(sensor="s").order_by("at").limit(2)] == ids[:2]
    assert Reading.filter(sensor="s", at__lte=ids[4]).count() == 5
    assert Reading.filter(sensor="s", at__gt=MinTimeUUID(early), at__lt=MaxTimeUUID(late)).count() == 3
    assert [each.place for each in Reading.filter(sensor="s").only(["place"]).limit(1)] == ["roof"]
    assert set(Reading.objects.distinct(["sensor"]).values_list("sensor", flat=True)) == {"s", "other"}
    assert len(list(Reading.objects.fetch_size(2))) == 11


def test_an_index_finds(session: Session) -> None:
    Person.create(name="ada")
    Person.create(name="bob")

    assert [each.name for each in Person.filter(name="bob")] == ["bob"]


def test_conditions(session: Session) -> None:
    ada = Person.if_not_exists().create(name="ada", age=1)
    with pytest.raises(LWTException) as refused:
        Person.if_not_exists().create(id=ada.id, name="other")
    assert refused.value.existing["name"] == "ada"
    Person.objects(id=ada.id).iff(age=1).update(age=2)
    with pytest.raises(LWTException) as refused:
        Person.objects(id=ada.id).iff(age=1).update(age=3)
    assert refused.value.existing["age"] == 2
    ada.if_exists().update(age=4)
    assert Person.get(id=ada.id).age == 4
    ada.if_exists().delete()
    with pytest.raises(LWTException):
        ada.if_exists().delete()


def test_counters(session: Session) -> None:
    for amount in (7, -2):
        Hits.objects(page="a").update(n=amount)

    assert Hits.get(page="a").n == 5


def test_values_expire(session: Session, cluster: MemoryCluster) -> None:
    Person.ttl(60).create(name="ada")
    Person.create(name="bob")
    assert Person.objects.count() == 2

    cluster.clock.advance("61s")

    assert [each.name for each in Person.all()] == ["bob"]


def test_batches(session: Session) -> None:
    with BatchQuery() as batch:
        for name in ("ada", "bob"):
            Person.batch(batch).create(name=name)
        assert Person.objects.count() == 0
    assert Person.objects.count() == 2


def test_keyspaces_and_types_are_managed(session: Session) -> None:
    management.create_keyspace_network_topology("other", {"datacenter1": 1})
    management.sync_type("other", Street)
    assert "street" in session.cluster.metadata.keyspaces["other"].user_types
    management.drop_keyspace("other")
    assert "other" not in session.cluster.metadata.keyspaces
