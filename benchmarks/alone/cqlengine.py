"""The own cost of cassandra-driver's object mapper: its session answers from a list."""

from types import SimpleNamespace
from typing import Any

from cassandra.cqlengine import columns, connection
from cassandra.cqlengine.models import Model
from cassandra.encoder import Encoder
from rows import DICTS
from stopwatch import tell


class Task(Model):
    __keyspace__ = "ks"

    owner = columns.Integer(partition_key=True)
    seq = columns.Integer(primary_key=True)
    title = columns.Text()
    status = columns.Text()
    priority = columns.Integer()
    done = columns.Boolean()
    created = columns.Integer()
    ticket = columns.Integer()


class ListSession:
    """As `ours.ListBackend`, with rows as the mapper's row factory makes them."""

    keyspace = "ks"
    cluster = SimpleNamespace(_config_mode=None, protocol_version=5)
    hosts = ()
    encoder = Encoder()

    def execute(self, query: Any, params: Any = None, **_: Any) -> list[dict[str, Any]]:  # noqa: ARG002  # named by its caller
        cql = query.query_string
        if not cql.startswith("SELECT"):
            return []
        return list(DICTS[:1] if '"seq" =' in cql else DICTS)


connection.register_connection("default", session=ListSession(), default=True)
task = Task.get(owner=1, seq=0)
assert (task.title, task.done, len(list(Task.filter(owner=1)))) == ("title 0", True, 100)
tell(
    {
        "save": lambda: Task(**DICTS[0]).save(),
        "get": lambda: Task.get(owner=1, seq=0),
        "find of 100 rows": lambda: list(Task.filter(owner=1).limit(None)),
    }
)
