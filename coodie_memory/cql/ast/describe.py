"""DESCRIBE."""

from typing import Literal as OneOf
from typing import TypeAlias

from coodie_memory.cql.ast.names import QualifiedName
from coodie_memory.value import Value

DescribeListing: TypeAlias = OneOf["keyspaces", "tables", "types", "functions", "aggregates"]
DescribeKind: TypeAlias = OneOf["table", "index", "materialized view", "type", "function", "aggregate"]


class DescribeNames(Value):
    """`DESCRIBE KEYSPACES|TABLES|…`: a listing of names."""

    what: DescribeListing
    with_internals: bool = False


class DescribeCluster(Value):
    """`DESCRIBE CLUSTER`."""

    with_internals: bool = False


class DescribeSchema(Value):
    """`DESCRIBE [FULL] SCHEMA`; `with_passwords` is Scylla's."""

    full: bool = False
    with_internals: bool = False
    with_passwords: bool = False


class DescribeKeyspace(Value):
    """`DESCRIBE [ONLY] KEYSPACE [name]`; None is the current one."""

    keyspace: str | None
    only: bool = False
    with_internals: bool = False


class DescribeElement(Value):
    """`DESCRIBE TABLE|INDEX|… name`."""

    kind: DescribeKind
    name: QualifiedName
    with_internals: bool = False


class DescribeGeneric(Value):
    """`DESCRIBE name`, whatever it is."""

    name: QualifiedName
    with_internals: bool = False


Describe: TypeAlias = (
    DescribeNames | DescribeCluster | DescribeSchema | DescribeKeyspace | DescribeElement | DescribeGeneric
)
