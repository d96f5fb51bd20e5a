"""The classes behind CREATE INDEX … USING: which there are, what they index, which options they take."""

from collections.abc import Iterator, Mapping, Sequence

from coodie_memory.dialect import Dialect
from coodie_memory.errors import ConfigurationException, InvalidRequest, ServerError, UnsupportedCQL
from coodie_memory.plan import indexing
from coodie_memory.plan.ddl import vector_indexes
from coodie_memory.plan.functions.containers import SIMILARITIES
from coodie_memory.schema.model import Column, Index, IndexTarget, Table
from coodie_memory.types.base import CqlType
from coodie_memory.types.collections import MapType
from coodie_memory.types.floats import FLOAT
from coodie_memory.types.quoting import string
from coodie_memory.types.strings import is_text
from coodie_memory.types.vector import VectorType

LEGACY = "legacy_local_table"
_VECTOR_OPTIONS = frozenset(
    {"construction_beam_width", "maximum_node_connections", "optimize_for", "similarity_function"}
)
_SAI_TYPES = frozenset(
    [
        "ascii",
        "bigint",
        "boolean",
        "date",
        "decimal",
        "double",
        "float",
        "inet",
        "int",
        "smallint",
        "text",
        "time",
        "timestamp",
        "timeuuid",
        "tinyint",
        "uuid",
        "varint",
    ]
)
_SASI_MODES = ("PREFIX", "CONTAINS", "SPARSE")
_WHOLE = "org.apache.cassandra.index.sasi.analyzer.NonTokenizingAnalyzer"
_ANALYZERS = (
    _WHOLE,
    "org.apache.cassandra.index.sasi.analyzer.DelimiterAnalyzer",
    "org.apache.cassandra.index.sasi.analyzer.NoOpAnalyzer",
    "org.apache.cassandra.index.sasi.analyzer.StandardAnalyzer",
)
_NOT_BUILT = ("tokenization_enable_stemming", "tokenization_skip_stop_words")
_SASI_WARNING = "SASI indexes are experimental and are not recommended for production use."
_VECTOR_WARNING = """\
SAI ANN indexes on vector columns are experimental and are not recommended for production use.
They don't yet support SELECT queries with:
 * Consistency level higher than ONE/LOCAL_ONE.
 * Paging.
 * No LIMIT clauses.
 * PER PARTITION LIMIT clauses.
 * GROUP BY clauses.
 * Aggregation functions.
 * Filters on columns without a SAI index."""


def check_enabled(class_name: str, dialect: Dialect) -> None:
    """Refuse classes that the server's configuration turns off."""
    if indexing.is_sasi_class(class_name) and not dialect.switches.sasi:
        raise InvalidRequest("SASI indexes are disabled. Enable in cassandra.yaml to use.")


def check(index: Index, table: Table, columns: Sequence[Column], dialect: Dialect) -> None:
    """Refuse what the index's class does not do on the columns.

    The table does not have the index yet.
    """
    class_name = index.class_name
    if class_name is None:
        return
    targets = index.options["target"]
    column = columns[0] if len(columns) == 1 else None
    if class_name in dialect.vector_index_classes:
        vector_indexes.check(index, table, columns)
    elif class_name in dialect.text_index_classes:
        _check_text_index(index, column)
    elif indexing.is_sai(index) and dialect.has_attached_indexes:
        _check_attached(index, table, column, targets)
    elif indexing.is_sasi(index) and dialect.has_attached_indexes:
        _check_sasi(index, column, targets)
    else:
        refusals = dialect.index_refusals
        raise refusals.class_of_unknown_class(refusals.unknown_class.format(class_name))


def warnings(table: Table) -> Iterator[str]:
    """What the server repeats at each validation of a table with such indexes."""
    for index in table.indexes.values():
        if indexing.is_sai(index) and isinstance(table.columns[index.column].type, VectorType):
            yield _VECTOR_WARNING


def warnings_of_new(index: Index) -> Iterator[str]:
    """What the server says of a new index alone."""
    if indexing.is_sasi(index):
        yield _SASI_WARNING


# -- storage-attached indexes


def _check_attached(index: Index, table: Table, column: Column | None, targets: str) -> None:
    if (
        column is not None
        and "," not in targets
        and any(
            indexing.is_sai(other) and (other.column, other.target) == (index.column, index.target)
            for other in table.indexes.values()
        )
    ):
        raise InvalidRequest(
            f"Cannot create more than one storage-attached index on the same column: {column.name}"
        )
    unknown = [
        name
        for name in index.options
        if name not in vector_indexes.OWN and name not in _VECTOR_OPTIONS and name not in indexing.ANALYSIS
    ]
    if unknown:
        raise ConfigurationException(
            f"Properties specified [{', '.join(unknown)}] are not understood by StorageAttachedIndex"
        )
    if "," in targets:
        raise InvalidRequest(f"A storage-attached index cannot be created over multiple columns: {targets}")
    if column is None:
        raise InvalidRequest(f"Failed to retrieve target column for: {targets}")
    _check_analysis(index, column)
    kinds = _indexed_types(column.type, index.target)
    _check_vector_options(index.options, kinds[0])
    for kind in kinds:
        if kind.cql() not in _SAI_TYPES and not kind.children:
            raise InvalidRequest(f"Unsupported type: {kind}")
    _check_vector(kinds[0], index.options)


def _indexed_types(kind: CqlType, target: IndexTarget) -> tuple[CqlType, ...]:
    """What the index holds: the column's type, or its keys', its values', or both."""
    if not (kind.is_collection and kind.is_multicell):
        return (kind,)
    if isinstance(kind, MapType) and target == "keys":
        return (kind.key,)
    if isinstance(kind, MapType) and target == "values":
        return (kind.value,)
    return kind.children


def _name_of(kinds: Sequence[CqlType]) -> str:
    """What the server calls an index's content; an entry of a map is a composite there, which has no name in CQL."""
    if len(kinds) == 1:
        return str(kinds[0])
    return f"'org.apache.cassandra.db.marshal.CompositeType({','.join(kind.java_name for kind in kinds)})'"


def _check_analysis(index: Index, column: Column) -> None:
    analysis = {name: value for name, value in index.options.items() if name in indexing.ANALYSIS}
    if not analysis:
        return
    if column.is_key:
        shown = ", ".join(f"{string(name)}: {string(value)}" for name, value in analysis.items())
        raise InvalidRequest(
            f"Analysis options are not supported on primary key columns, but found {{{shown}}}"
        )
    kinds = _indexed_types(column.type, index.target)
    if len(kinds) > 1 or not is_text(kinds[0]):
        raise InvalidRequest(f"CQL type {_name_of(kinds)} cannot be analyzed.")
    for name, value in analysis.items():
        if not value:
            raise InvalidRequest(f"Empty value for boolean option '{name}'")
        if value.lower() not in ("true", "false"):
            raise InvalidRequest(f"Illegal value for boolean option '{name}': {value}")


def _check_vector_options(options: Mapping[str, str], kind: CqlType) -> None:
    if _VECTOR_OPTIONS.isdisjoint(options):
        return
    if not isinstance(kind, VectorType):
        raise InvalidRequest(f"CQL type {kind} cannot have vector options")
    for name, what in (
        ("maximum_node_connections", "Maximum node connections"),
        ("construction_beam_width", "Construction beam width"),
    ):
        if name in options:
            raise InvalidRequest(f"{what} cannot be set without enabling SAI_VECTOR_ALLOW_CUSTOM_PARAMETERS")
    similarity = options.get("similarity_function", "cosine").upper()
    if similarity.lower() not in SIMILARITIES:
        raise InvalidRequest(
            f"Similarity function {similarity} was not recognized for index null. "
            "Valid values are: EUCLIDEAN, DOT_PRODUCT, COSINE"
        )
    purpose = options.get("optimize_for", "latency").upper()
    if purpose not in ("LATENCY", "RECALL"):
        raise InvalidRequest(
            f"optimize_for '{purpose}' was not recognized for index null. Valid values are: LATENCY, RECALL"
        )


def _check_vector(kind: CqlType, options: Mapping[str, str]) -> None:
    if not isinstance(kind, VectorType):
        return
    if kind.element is not FLOAT:
        raise InvalidRequest("SAI ANN indexes are only allowed on vector columns with float elements")
    if kind.dimension == 1 and options.get("similarity_function", "cosine").lower() == "cosine":
        raise InvalidRequest("Cosine similarity is not supported for single-dimension vectors")


# -- SASI


def _check_sasi(index: Index, column: Column | None, targets: str) -> None:
    if column is None:
        raise ConfigurationException(f"failed to retrieve target column for: {targets}")
    if column.type.is_multicell:
        raise ConfigurationException("complex columns are not yet supported by SASI")
    if column.kind == "partition_key":
        raise ConfigurationException("partition key columns are not yet supported by SASI")
    _check_analyzer(index.options, column)
    mode = index.options.get("mode", "PREFIX").upper()
    if mode not in _SASI_MODES:
        raise ConfigurationException(f"Incorrect index mode: {index.options['mode']}")
    if mode == "SPARSE" and indexing.is_literal(index, column):
        raise ConfigurationException("SPARSE mode is only supported on non-literal columns.")


def _check_analyzer(options: Mapping[str, str], column: Column) -> None:
    analyzer = options.get("analyzer_class")
    if analyzer is not None and analyzer not in _ANALYZERS:
        raise ConfigurationException(f"Invalid analyzer class option specified [{analyzer}]")
    if analyzer is not None and not is_text(column.type):
        short = analyzer.rpartition(".")[2]
        raise ConfigurationException(f"{short} does not support type {column.type}")
    if indexing.is_on_words(options):
        for name in _NOT_BUILT:
            if options.get(name, "false").lower() == "true":
                raise UnsupportedCQL(f"the option {name} of SASI indexes is not supported yet")
        if len(options.get("delimiter", ",")) != 1:
            # The server says no more of it, since it asks by reflection.
            raise ServerError("java.lang.RuntimeException: java.lang.reflect.InvocationTargetException")


# -- ScyllaDB's full-text indexes

_ANALYSERS = frozenset({"standard", "english", "german", "french", "spanish", "italian", "portuguese"}) | {
    *("russian", "chinese", "japanese", "korean", "simple", "whitespace")
}


def _check_text_index(index: Index, column: Column | None) -> None:
    if column is None:
        raise InvalidRequest("Fulltext index can only be created on a single column")
    if not is_text(column.type):
        raise InvalidRequest("Fulltext index is only supported on text, varchar, or ascii columns")
    for name, value in index.options.items():
        if name in vector_indexes.OWN:
            continue
        if name not in ("analyzer", "positions"):
            raise InvalidRequest(f"Unsupported option {name} for fulltext index")
        allowed = _ANALYSERS if name == "analyzer" else {"true", "false"}
        if value.lower() not in allowed:
            raise InvalidRequest(f"Invalid value in option '{name}' for fulltext index: '{value}'")
