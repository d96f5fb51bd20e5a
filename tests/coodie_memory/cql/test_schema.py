"""CREATE, ALTER, DROP and DESCRIBE of what a schema holds."""

import pytest

from coodie_memory.cql import ast
from coodie_memory.cql.ast import (
    ClusteringOrder,
    ColumnDefinition,
    ColumnMask,
    FieldDefinition,
    IndexTarget,
    Literal,
    NativeTypeName,
    PrimaryKey,
    Property,
    QualifiedName,
    Rename,
)
from coodie_memory.cql.statements import parse
from coodie_memory.dialect import SCYLLA
from coodie_memory.errors import InvalidRequest

INT, TEXT = NativeTypeName("int"), NativeTypeName("text")
T = QualifiedName(None, "t")
KS_T = QualifiedName("ks", "t")


def _type(text):
    return parse(f"CREATE TABLE t (a {text})").columns[0].type


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("INT", INT),
        ("Varchar", NativeTypeName("varchar")),
        ("list<int>", ast.ListTypeName(INT)),
        ("set<int>", ast.SetTypeName(INT)),
        ("map<int, text>", ast.MapTypeName(INT, TEXT)),
        ("tuple<int, text>", ast.TupleTypeName((INT, TEXT))),
        ("vector<int, 3>", ast.VectorTypeName(INT, 3)),
        ("vector<int, -1>", ast.VectorTypeName(INT, -1)),
        ("frozen<list<list<int>>>", ast.FrozenTypeName(ast.ListTypeName(ast.ListTypeName(INT)))),
        ("frozen<Ut>", ast.FrozenTypeName(ast.UserTypeName(QualifiedName(None, "ut")))),
        ('ks."Ut"', ast.UserTypeName(QualifiedName("ks", "Ut"))),
        ("map", ast.UserTypeName(QualifiedName(None, "map"))),
        ("'UTF8Type'", ast.CustomTypeName("UTF8Type")),
    ],
)
def test_types(text, expected):
    assert expected == _type(text)


def test_keyspaces():
    replication = Property("replication", (("class", "SimpleStrategy"), ("replication_factor", "1")))

    assert ast.CreateKeyspace(
        name="ks", properties=(replication, Property("durable_writes", "false")), if_not_exists=True
    ) == parse(
        "CREATE KEYSPACE IF NOT EXISTS ks WITH "
        "replication = {'class': 'SimpleStrategy', 'replication_factor': 1} AND durable_writes = false"
    )
    assert ast.AlterKeyspace(name="ks", properties=(Property("a", "b"),)) == parse(
        "ALTER KEYSPACE ks WITH a = 'b'"
    )
    assert ast.DropKeyspace(name="Ks", if_exists=True) == parse('DROP KEYSPACE IF EXISTS "Ks"')


def test_create_table():
    statement = parse(
        "CREATE TABLE IF NOT EXISTS ks.t (p int, c int, s text STATIC, v text MASKED WITH DEFAULT, "
        "w int MASKED WITH f(1), PRIMARY KEY ((p), c)) WITH CLUSTERING ORDER BY (c DESC) AND comment = 'x' "
        "AND COMPACT STORAGE AND caching = {'keys': 'ALL'}"
    )

    expected = ast.CreateTable(
        table=KS_T,
        columns=(
            ColumnDefinition("p", INT),
            ColumnDefinition("c", INT),
            ColumnDefinition("s", TEXT, static=True),
            ColumnDefinition("v", TEXT, mask=ColumnMask(None)),
            ColumnDefinition("w", INT, mask=ColumnMask(QualifiedName(None, "f"), (Literal("INTEGER", "1"),))),
        ),
        primary_keys=(PrimaryKey(("p",), ("c",)),),
        clustering_order=(ClusteringOrder("c", descending=True),),
        compact_storage=True,
        properties=(Property("comment", "x"), Property("caching", (("keys", "ALL"),))),
        if_not_exists=True,
    )
    assert expected == statement


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("a", PrimaryKey(("a",), ())),
        ("a, b, c", PrimaryKey(("a",), ("b", "c"))),
        ("(a, b)", PrimaryKey(("a", "b"), ())),
        ("(a, b), c", PrimaryKey(("a", "b"), ("c",))),
    ],
)
def test_primary_keys(key, expected):
    assert (expected,) == parse(f"CREATE TABLE t (a int, PRIMARY KEY ({key}),)").primary_keys


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ("a int PRIMARY KEY, b int PRIMARY KEY", "Multiple PRIMARY KEY specified for table 't'"),
        ("a int PRIMARY KEY, PRIMARY KEY (a)", "Multiple PRIMARY KEY specified for table 't'"),
        ("a int, PRIMARY KEY (a), PRIMARY KEY (a)", "Multiple PRIMARY KEY specified for table 't'"),
        ("a int, a text", "Duplicate column 'a' declaration for table 't'"),
    ],
)
def test_what_is_declared_twice_is_refused_before_what_follows_is_read(columns: str, message: str):
    """Such a refusal comes out of the middle of the text."""
    with pytest.raises(InvalidRequest, match=message):
        parse(f"CREATE TABLE t ({columns}, and no grammar")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ADD a int", ast.AddColumns((ColumnDefinition("a", INT),))),
        (
            "ADD IF NOT EXISTS (a int, b text STATIC)",
            ast.AddColumns(
                (ColumnDefinition("a", INT), ColumnDefinition("b", TEXT, static=True)), if_not_exists=True
            ),
        ),
        ("DROP a", ast.DropColumns(("a",))),
        ("DROP compact", ast.DropColumns(("compact",))),
        (
            "DROP IF EXISTS (a, b) USING TIMESTAMP 5",
            ast.DropColumns(("a", "b"), if_exists=True, timestamp=Literal("INTEGER", "5")),
        ),
        ("DROP COMPACT STORAGE", ast.DropCompactStorage()),
        ("RENAME a TO b AND c TO d", ast.RenameColumns((Rename("a", "b"), Rename("c", "d")))),
        ("ALTER a TYPE text", ast.AlterColumnType("a", TEXT)),
        ("ALTER IF EXISTS a DROP MASKED", ast.MaskColumn("a", None, if_exists=True)),
        ("ALTER a MASKED WITH ks.f()", ast.MaskColumn("a", ColumnMask(QualifiedName("ks", "f")))),
        ("WITH cdc = true", ast.SetProperties((Property("cdc", "true"),))),
    ],
)
def test_alter_table(text, expected):
    assert ast.AlterTable(table=T, change=expected, if_exists=True) == parse(
        f"ALTER TABLE IF EXISTS t {text}"
    )


def test_views():
    statement = parse(
        "CREATE MATERIALIZED VIEW v AS SELECT * FROM ks.t WHERE a IS NOT NULL PRIMARY KEY (a) WITH comment = ''"
    )

    expected = ast.CreateView(
        view=QualifiedName(None, "v"),
        base=KS_T,
        selection=(),
        where=(ast.NotNullRelation("a"),),
        primary_key=PrimaryKey(("a",), ()),
        properties=(Property("comment", ""),),
    )
    assert expected == statement
    assert ast.AlterView(view=T, properties=(Property("a", "1"),)) == parse(
        "ALTER MATERIALIZED VIEW t WITH a = 1"
    )
    assert ast.DropView(view=T, if_exists=True) == parse("DROP MATERIALIZED VIEW IF EXISTS t")


def test_user_types():
    assert ast.CreateType(
        type=KS_T, fields=(FieldDefinition("a", INT), FieldDefinition("B", TEXT)), if_not_exists=True
    ) == parse('CREATE TYPE IF NOT EXISTS ks.t (a int, "B" text,)')
    assert ast.AlterType(type=T, change=ast.AddField(FieldDefinition("a", INT), if_not_exists=True)) == parse(
        "ALTER TYPE t ADD IF NOT EXISTS a int"
    )
    assert ast.AlterType(type=T, change=ast.RenameFields((Rename("a", "b"),))) == parse(
        "ALTER TYPE t RENAME a TO b"
    )
    assert ast.AlterType(type=T, change=ast.AlterFieldType(FieldDefinition("a", INT))) == parse(
        "ALTER TYPE t ALTER a TYPE int"
    )
    assert ast.DropType(type=KS_T) == parse("DROP TYPE ks.t")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("v", IndexTarget("v")),
        ("keys(m)", IndexTarget("m", "keys")),
        ("VALUES(m)", IndexTarget("m", "values")),
        ("entries(m)", IndexTarget("m", "entries")),
        ("full(m)", IndexTarget("m", "full")),
        ("keys", IndexTarget("keys")),
    ],
)
def test_index_targets(text, expected):
    assert ast.CreateIndex(name=None, table=T, targets=(expected,)) == parse(f"CREATE INDEX ON t ({text})")


def test_indexes():
    assert ast.CreateIndex(
        name="i",
        table=KS_T,
        targets=(IndexTarget("a"), IndexTarget("b")),
        custom=True,
        class_name="sai",
        properties=(Property("options", (("x", "1"),)),),
        if_not_exists=True,
    ) == parse("CREATE CUSTOM INDEX IF NOT EXISTS i ON ks.t (a, b) USING 'sai' WITH OPTIONS = {'x': 1}")
    assert ast.DropIndex(index=QualifiedName("ks", "i"), if_exists=True) == parse("DROP INDEX IF EXISTS ks.i")
    assert parse("CREATE INDEX ON t ((p), v)", SCYLLA).local_partition == ("p",)


def test_functions_and_aggregates():
    assert ast.CreateFunction(
        function=QualifiedName("ks", "f"),
        arguments=(FieldDefinition("a", INT),),
        called_on_null=False,
        returns=TEXT,
        language="java",
        body="return 1;",
        or_replace=True,
    ) == parse(
        "CREATE OR REPLACE FUNCTION ks.f (a int) RETURNS NULL ON NULL INPUT RETURNS text LANGUAGE java AS $$return 1;$$"
    )
    assert ast.CreateAggregate(
        aggregate=QualifiedName(None, "g"),
        argument_types=(INT,),
        state_function="f",
        state_type=INT,
        final_function="h",
        initial_condition=Literal("INTEGER", "0"),
    ) == parse("CREATE AGGREGATE g (int) SFUNC f STYPE int FINALFUNC h INITCOND 0")
    assert ast.DropFunction(function=T, argument_types=None) == parse("DROP FUNCTION t")
    assert ast.DropFunction(function=T, argument_types=()) == parse("DROP FUNCTION t ()")
    assert ast.DropAggregate(aggregate=T, argument_types=(INT,), if_exists=True) == parse(
        "DROP AGGREGATE IF EXISTS t (int)"
    )
    assert parse("CREATE AGGREGATE g (int) SFUNC f STYPE int REDUCEFUNC r", SCYLLA).reduce_function == "r"


def test_triggers():
    assert ast.CreateTrigger(name="x", table=T, class_name="c") == parse("CREATE TRIGGER x ON t USING 'c'")
    assert ast.DropTrigger(name="x", table=T, if_exists=True) == parse("DROP TRIGGER IF EXISTS x ON t")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("KEYSPACES", ast.DescribeNames("keyspaces")),
        ("TABLES WITH INTERNALS", ast.DescribeNames("tables", with_internals=True)),
        ("CLUSTER", ast.DescribeCluster()),
        ("FULL SCHEMA", ast.DescribeSchema(full=True)),
        ("SCHEMA", ast.DescribeSchema()),
        ("KEYSPACE", ast.DescribeKeyspace(None)),
        ("ONLY KEYSPACE ks", ast.DescribeKeyspace("ks", only=True)),
        ("TABLE ks.t", ast.DescribeElement("table", KS_T)),
        ("MATERIALIZED VIEW t", ast.DescribeElement("materialized view", T)),
        ("TYPE ks.t", ast.DescribeElement("type", KS_T)),
        ("FUNCTION t", ast.DescribeElement("function", T)),
        ("AGGREGATE t", ast.DescribeElement("aggregate", T)),
        ("INDEX ks.t", ast.DescribeElement("index", KS_T)),
        ("ks.t", ast.DescribeGeneric(KS_T)),
        ("type", ast.DescribeGeneric(QualifiedName(None, "type"))),
    ],
)
def test_describe(text, expected):
    assert expected == parse(f"DESC {text}")


def test_scylla_describes_passwords():
    expected = ast.DescribeSchema(with_internals=True, with_passwords=True)

    assert expected == parse("DESCRIBE SCHEMA WITH INTERNALS AND PASSWORDS", SCYLLA)
