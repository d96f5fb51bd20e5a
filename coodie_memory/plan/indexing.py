"""Which restrictions an index answers, and what to look up in it.

An index of the server's default kind answers equality alone and answers it alone: beside it everything else is
filtering. Storage-attached indexes of a table work together.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import assert_never

from coodie_memory.errors import InvalidRequest
from coodie_memory.plan.where import (
    Contains,
    Equal,
    Like,
    Lookup,
    Nearest,
    NoneOf,
    OneOf,
    Parts,
    Restriction,
    Slice,
)
from coodie_memory.schema.model import Column, Index, IndexTarget, Table
from coodie_memory.types.strings import is_text
from coodie_memory.types.vector import VectorType

_SAI = "org.apache.cassandra.index.sai.StorageAttachedIndex"
_SAI_ALIASES = ("sai", "storageattachedindex")
_ANALYZERS = "org.apache.cassandra.index.sasi.analyzer."
DELIMITER, _WORDS = f"{_ANALYZERS}DelimiterAnalyzer", f"{_ANALYZERS}StandardAnalyzer"
_SASI = "org.apache.cassandra.index.sasi.SASIIndex"
ANALYSIS = frozenset({"ascii", "case_sensitive", "normalize"})
"""Options of a storage-attached index on texts that say which are the same."""
BYTEWISE = frozenset(
    [
        "text",
        "ascii",
        "blob",
        "int",
        "bigint",
        "smallint",
        "tinyint",
        "counter",
        "uuid",
        "timeuuid",
        "timestamp",
        "date",
        "time",
        "inet",
    ]
)
"""Types whose values are equal exactly if their bytes are."""
_EQUALITY_ONLY = ("text", "ascii", "boolean", "uuid")


def is_sai(index: Index) -> bool:
    """Whether the index is storage-attached."""
    return (index.class_name or "").lower() in _SAI_ALIASES or index.class_name == _SAI


def is_sasi(index: Index) -> bool:
    """Whether the index is a SASI one."""
    return is_sasi_class(index.class_name or "")


def is_sasi_class(class_name: str) -> bool:
    """Whether this is the class of SASI indexes, which has no short name."""
    return class_name == _SASI


def is_literal(index: Index, column: Column) -> bool:
    """Whether a SASI index takes the column's values for texts."""
    given = index.options.get("is_literal")
    return is_text(column.type) if given is None else given.lower() == "true"


def is_on_words(options: Mapping[str, str]) -> bool:
    """Whether a SASI index with these options is on the words of texts, not on each as a whole."""
    analyzer = options.get("analyzer_class")
    if options.get("analyzed", "false" if analyzer is None else "true").lower() != "true":
        return False
    return analyzer in (None, DELIMITER, _WORDS)


def is_analysed(index: Index) -> bool:
    """Whether texts of which only the bytes differ may be the same to the index."""
    if is_sasi(index):
        return "analyzer_class" in index.options and not is_on_words(index.options)
    return is_sai(index) and not ANALYSIS.isdisjoint(index.options)


def no_expressions(table: Table, names: Sequence[str]) -> InvalidRequest:
    """The refusal of `expr(index, …)`: no index answers what only its own class understands."""
    name, *others = names
    index = table.indexes.get(name)
    if others:
        return InvalidRequest("Multiple custom index expressions in a single query are not supported")
    if index is None:
        return InvalidRequest(
            f"Invalid index expression, index {name} not found for {table.keyspace}.{table.name}"
        )
    if index.class_name is None:
        return InvalidRequest(
            f"Only CUSTOM indexes may be used in custom index expressions, {name} is not valid"
        )
    return InvalidRequest(f"Index {name} does not support custom expressions")


def sasi_mode(table: Table, column: Column) -> str | None:
    """How far the SASI index on a column goes in answering LIKE: PREFIX or CONTAINS; None without such an index."""
    index = sasi_index(table, column)
    return None if index is None else sasi_mode_of(index)


def words_index(table: Table, column: Column) -> Index | None:
    """The index on the words of a column's texts that LIKE asks."""
    index = sasi_index(table, column)
    return index if index is not None and is_on_words(index.options) else None


def sasi_index(table: Table, column: Column) -> Index | None:
    """The SASI index on a column."""
    found = [index for index in table.indexes.values() if is_sasi(index) and index.column == column.name]
    # Of several indexes the server takes one that can answer.
    return min(found, key=sasi_mode_of, default=None)


def sasi_mode_of(index: Index) -> str:
    """How far a SASI index goes."""
    return index.options.get("mode", "PREFIX").upper()


def analysing(table: Table, column: Column, target: IndexTarget) -> Index | None:
    """The index that says which texts in a column are the same."""
    for index in table.indexes.values():
        if index.column == column.name and index.target == target and is_analysed(index):
            return index
    return None


def is_vector_index(index: Index) -> bool:
    """Whether the index is ScyllaDB's on vectors, which answers nothing but nearness."""
    return (index.class_name or "").lower() == "vector_index"


def is_text_index(index: Index) -> bool:
    """Whether the index is ScyllaDB's on the words of texts, which no relation asks."""
    return (index.class_name or "").lower() == "fulltext_index"


def similarity(table: Table, column: Column) -> str:
    """What nearness means to the index on a column of vectors: cosine, dot_product or euclidean."""
    options = (index.options for index in table.indexes.values() if index.column == column.name)
    return next(
        (each["similarity_function"] for each in options if "similarity_function" in each), "cosine"
    ).lower()


def is_answered(table: Table, restriction: Restriction) -> bool:
    """Whether some index of the table answers the restriction, or part of it."""
    return any(_answers(index, restriction) for index in table.indexes.values())


def covers(table: Table, restrictions: Iterable[Restriction]) -> bool:
    """Whether indexes that work together answer all of the restrictions, so that nothing is left to filter."""
    restrictions = tuple(restrictions)
    return any(all(_covers(group, one) for one in restrictions) for group in _groups(table))


def lookup(table: Table, restrictions: Iterable[Restriction]) -> Lookup | None:
    """The first equality that an index finds candidates for; None where all rows have to be looked at."""
    for restriction in restrictions:
        for index in table.indexes.values():
            if _finds_values(index, table) and (found := _lookup(index, restriction)):
                return found
    return None


def asks_sasi(table: Table, restrictions: Iterable[Restriction]) -> bool:
    """Whether a SASI index answers one of the restrictions."""
    return any(
        is_sasi(index) and _answers(index, one) for one in restrictions for index in table.indexes.values()
    )


def _finds_values(index: Index, table: Table) -> bool:
    """Whether all rows that the index answers with have the very bytes that are looked for."""
    if is_sasi(index) or is_vector_index(index) or is_text_index(index):
        return False
    if not is_sai(index):
        return True
    kind = table.columns[index.column].type
    indexed = kind.children if index.target in ("keys", "values", "entries") else (kind,)
    return not is_analysed(index) and all(each.cql() in BYTEWISE for each in indexed)


def _groups(table: Table) -> list[list[Index]]:
    attached = [index for index in table.indexes.values() if is_sai(index)]
    alone = [[index] for index in table.indexes.values() if not is_sai(index)]
    return [attached, *alone] if attached else alone


def _covers(group: list[Index], restriction: Restriction) -> bool:
    if isinstance(restriction, Contains):
        questions = len(restriction.values) + len(restriction.keys) + len(restriction.entries)
        return any(_answers(index, restriction) and (questions == 1 or is_sai(index)) for index in group)
    return all(
        any(_supports(index, column, restriction) for index in group) for column in restriction.columns
    )


def _answers(index: Index, restriction: Restriction) -> bool:
    return any(_supports(index, column, restriction) for column in restriction.columns)


def _supports(index: Index, column: Column, restriction: Restriction) -> bool:
    if index.column != column.name or is_text_index(index):
        return False
    match restriction:
        case Equal() if is_sasi(index) and is_on_words(index.options):
            return False
        case Equal():
            # That an index of vectors does not answer this, the server says later.
            return index.target in ("simple", "full") and not is_vector_index(index)
        case OneOf() | NoneOf():
            return False
        case Like():
            return is_sasi(index) and is_text(column.type)
        case Nearest():
            return isinstance(column.type, VectorType) and (is_sai(index) or is_vector_index(index))
        case Slice():
            return index.target == "simple" and _is_ordered(index, column)
        case Contains():
            return bool(
                (restriction.values and index.target == "values")
                or (restriction.keys and index.target == "keys")
                or (restriction.entries and index.target == "entries")
            )
        case _:
            assert_never(restriction)


def _is_ordered(index: Index, column: Column) -> bool:
    if is_sasi(index):
        return not (is_text(column.type) and is_literal(index, column))
    is_composite = bool(column.type.children)
    return is_sai(index) and not is_composite and column.type.cql() not in _EQUALITY_ONLY


def _lookup(index: Index, restriction: Restriction) -> Lookup | None:
    if not _answers(index, restriction):
        return None
    match restriction:
        case Equal(columns, Parts(terms)):
            return next(
                Lookup(index, (term,))
                for column, term in zip(columns, terms, strict=True)
                if column.name == index.column
            )
        case Contains():
            match index.target:
                case "values":
                    return Lookup(index, restriction.values[:1])
                case "keys":
                    return Lookup(index, restriction.keys[:1])
                case _:
                    return Lookup(index, restriction.entries[0])
        case _:
            return None
