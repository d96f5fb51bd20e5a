"""How rows are tried where a SASI index serves a read: by the index's own filter, in place of the server's.

That filter (`org.apache.cassandra.index.sasi.plan.Operation`) knows =, ranges of what is no text, and LIKE. What else
stands beside them it overlooks, but for the column's having a value at all; a range of texts it takes for false.
"""

from coodie_memory.errors import InvalidRequest
from coodie_memory.execution.context import Context
from coodie_memory.execution.evaluate import compiled
from coodie_memory.execution.folding import folding
from coodie_memory.execution.keys import NullValue
from coodie_memory.execution.predicates import Asking, Predicate, Test, never, present, reading
from coodie_memory.execution.words import splitting
from coodie_memory.plan import indexing
from coodie_memory.plan.patterns import Piece, piece
from coodie_memory.plan.where import Contains, Equal, Like, OneOf, Parts, Restriction, Slice, Where
from coodie_memory.result import Unset
from coodie_memory.schema.model import Column, Index
from coodie_memory.types.strings import is_text


def serves(where: Where) -> bool:
    """Whether a SASI index is asked; the server prefers it to all others."""
    return where.uses_index and indexing.asks_sasi(where.table, where.filters)


def as_understood(restriction: Restriction, where: Where, asking: Asking) -> Asking:
    """What becomes of a restriction's predicates under SASI's filter; its values are refused as ever."""
    column = restriction.columns[0]
    index = indexing.sasi_index(where.table, column)
    match restriction:
        case _ if column.kind == "partition_key":
            return _checked(asking, present(column))
        case OneOf() | Contains() if not (restriction.is_multi or column.type.is_multicell):
            return _checked(asking, present(column))
        case Slice() if is_text(column.type) and (index is None or indexing.is_literal(index, column)):
            return _checked(asking, never)
        case Equal(operand=Parts(terms=(term,))) if index is not None and not restriction.is_multi:
            value = compiled(term)
            # No such index holds an empty value.
            return lambda context: [*asking(context), never] if value(context) == b"" else asking(context)
        case _:
            return asking


def _checked(asking: Asking, predicate: Predicate) -> Asking:
    def bound(context: Context) -> list[Predicate]:
        asking(context)
        return [predicate]

    return bound


def like(restriction: Like, where: Where) -> Asking:
    """LIKE as a SASI index answers it: `%` is any text at the ends of a pattern, and itself inside."""
    column, pattern = restriction.columns[0], compiled(restriction.pattern)
    is_anywhere = indexing.sasi_mode(where.table, column) == "CONTAINS"
    of_words = indexing.words_index(where.table, column)
    fold = folding(where, column, "simple") or bytes

    def bound(context: Context) -> list[Predicate]:
        raw = pattern(context)
        if raw is None:
            raise NullValue(f"Unsupported null value for column {column.name}")
        wanted = piece(b"" if isinstance(raw, Unset) else raw)
        if not wanted.text:
            raise InvalidRequest("LIKE value can't be empty.")
        if not wanted.starts and not is_anywhere:
            shape = "%<term>" if wanted.ends else "%<term>%"
            raise InvalidRequest(
                f"{column.name} LIKE '{shape}' {wanted.text.decode()} is only supported on properly indexed columns"
            )
        if of_words is not None:
            return [reading(column, _having_words(of_words, wanted, column))]
        folded_piece = wanted._replace(text=fold(wanted.text))
        return [reading(column, lambda value: folded_piece.holds(fold(value)))]

    return bound


def _having_words(index: Index, wanted: Piece, column: Column) -> Test:
    """Whether each word that is wanted is among those of a text, or what is wanted of it in one of them."""
    if wanted.starts and not wanted.ends and indexing.sasi_mode_of(index) == "CONTAINS":
        raise InvalidRequest(
            f"{column.name} LIKE '<term>%' {wanted.text.decode()} is only supported on properly indexed columns"
        )
    split = splitting(index.options)
    pieces = [wanted._replace(text=word) for word in split(wanted.text)]

    def has_words(value: bytes) -> bool:
        words = split(value)
        return bool(pieces) and all(any(map(one.holds, words)) for one in pieces)

    return has_words
