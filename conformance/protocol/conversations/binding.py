"""Values that are bound, and the types of what comes back."""

from conformance.protocol.talk import Talk, number
from coodie_memory.protocol.requests import Batch, BatchStatement
from coodie_memory.result import UNSET


def values(talk: Talk) -> None:
    """Values in order and by name, null and unset, too few and too many, in each kind of request."""
    table = f"{talk.keyspace}.t"
    talk.query(f"CREATE TABLE {table} (k int PRIMARY KEY, a int, b int)")
    insert = f"INSERT INTO {table} (k, a, b) VALUES (:k, :a, :b)"
    talk.query(insert, values=(number(1), number(2), number(3)))
    talk.query(insert, values=(number(4), number(5), number(6)), names=("b", "k", "a"))
    talk.query(insert, values=(number(7), number(8), number(9)), names=("b", "k", "c"))
    talk.query(insert, values=(number(7), number(8), number(9), number(9)), names=("b", "k", "a", "c"))
    talk.query(insert, values=(number(7), number(8), number(9)), names=("B", "k", "a"))
    talk.query(insert, values=(number(1),))
    talk.query(insert, values=(number(1),) * 4)
    talk.query(insert)
    talk.query(insert, values=(number(2), None, number(1)))
    talk.query("SELECT * FROM system.local WHERE key = 'local'", values=(number(1),), skip_metadata=True)
    prepared = talk.prepare(insert)
    talk.execute(prepared, number(3), number(4), number(5))
    talk.execute(prepared, number(3), number(4))
    talk.execute(prepared, *[number(3)] * 4)
    talk.execute(prepared, number(7), number(6), number(8), names=("a", "k", "b"))
    talk.execute(prepared, number(7), number(6), names=("a", "k"))
    if talk.version >= 4:
        talk.query(insert, values=(number(1), UNSET, None))
        talk.execute(prepared, number(3), UNSET, None)
        talk.execute(prepared, UNSET, number(3), None)
    twice = talk.prepare(f"SELECT * FROM {table} WHERE k = :x AND a = :x ALLOW FILTERING")
    talk.execute(twice, number(3), number(4))
    talk.execute(twice, number(3), names=("x",))
    talk.execute(twice, number(3), number(4), names=("x", "x"))
    for entry in ((number(1),), (), (number(1), number(2))):
        talk.ask(Batch("LOGGED", (BatchStatement(f"DELETE FROM {table} WHERE k = ?", entry),)))
    many = ", ".join("?" * 65_535)
    talk.minutes.add("# 65 535 values")
    response = talk.query(
        f"SELECT k FROM {table} WHERE k IN ({many})", values=(number(6),) * 65_535, quietly=True
    )
    talk.minutes.add(f"{type(response).__name__} {getattr(response, 'rows', None) and len(response.rows)}")
    talk.query(f"SELECT k, a, b FROM {table}")


_TYPES = (
    "ascii", "bigint", "blob", "boolean", "date", "decimal", "double", "duration", "float", "inet", "int", "smallint",
    "text", "time", "timestamp", "timeuuid", "tinyint", "uuid", "varint", "list<int>", "set<text>", "map<text, int>",
    "frozen<list<int>>", "frozen<set<frozen<map<int, text>>>>", "tuple<int, text>", "frozen<place>", "place",
    "list<frozen<place>>", "map<text, frozen<tuple<int, frozen<place>>>>", "'org.apache.cassandra.db.marshal.UTF8Type'",
)  # fmt: skip


_SUBTYPES = tuple(
    each for each in _TYPES if each not in ("place", "'org.apache.cassandra.db.marshal.UTF8Type'")
)


def types(talk: Talk) -> None:
    """Each type as the columns of a result and of markers, in the words of each version."""
    ks = talk.keyspace
    talk.query(f"CREATE TYPE {ks}.place (name text, at frozen<tuple<double, double>>)")
    talk.query(f"USE {ks}")
    columns = ", ".join(f"c{number} {name}" for number, name in enumerate(_TYPES))
    talk.query(f"CREATE TABLE t (k int PRIMARY KEY, {columns})")
    vectors = ", ".join(f"v{number} vector<{name}, 2>" for number, name in enumerate(_SUBTYPES))
    talk.query(
        f"CREATE TABLE v (k int PRIMARY KEY, {vectors}, nested vector<vector<text, 2>, 1>, l list<frozen<vector<int, 1>>>)"
    )
    talk.query("SELECT * FROM t")
    talk.query("SELECT * FROM v")
    talk.prepare(
        f"INSERT INTO t (k, {', '.join(f'c{n}' for n in range(len(_TYPES)))}) VALUES (?{', ?' * len(_TYPES)})"
    )
    talk.prepare(
        f"INSERT INTO v (k, {', '.join(f'v{n}' for n in range(len(_SUBTYPES)))}) VALUES (?{', ?' * len(_SUBTYPES)})"
    )
    talk.query(
        "SELECT max(c15), min(c15), count(c1), avg(c10), sum(c18), toJson(c0), cast(c10 AS text) FROM t"
    )
    talk.query("SELECT c27, c26.name, c21['a'], c20, (text) c12 FROM t")
