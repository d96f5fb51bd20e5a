"""DESCRIBE."""

from dataclasses import dataclass
from typing import Literal as OneOf
from typing import TypeAlias

from coodie_memory.cql.ast.names import QualifiedName

DescribeListing: TypeAlias = OneOf["keyspaces", "tables", "types", "functions", "aggregates"]
DescribeKind: TypeAlias = OneOf["table", "index", "materialized view", "type", "function", "aggregate"]


@dataclass(frozen=True, slots=True)
class DescribeNames:
    """`DESCRIBE KEYSPACES|TABLES|…`: a listing of names."""

    what: DescribeListing
    with_internals: bool = False


@dataclass(frozen=True, slots=True)
class DescribeCluster:
    """`DESCRIBE CLUSTER`."""

    with_internals: bool = False


@dataclass(frozen=True, slots=True)
class DescribeSchema:
    """`DESCRIBE [FULL] SCHEMA`; `with_passwords` is Scylla's."""

    full: bool = False
    with_internals: bool = False
    with_passwords: bool = False


@dataclass(frozen=True, slots=True)
class DescribeKeyspace:
    """`DESCRIBE [ONLY] KEYSPACE [name]`; None is the current one."""

    keyspace: str | None
    only: bool = False
    with_internals: bool = False


@dataclass(frozen=True, slots=True)
class DescribeElement:
    """`DESCRIBE TABLE|INDEX|… name`."""

    kind: DescribeKind
    name: QualifiedName
    with_internals: bool = False


@dataclass(frozen=True, slots=True)
class DescribeGeneric:
    """`DESCRIBE name`, whatever it is."""

    name: QualifiedName
    with_internals: bool = False


Describe: TypeAlias = (
    DescribeNames | DescribeCluster | DescribeSchema | DescribeKeyspace | DescribeElement | DescribeGeneric
)
