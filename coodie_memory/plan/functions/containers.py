"""Functions of collections and vectors: keys and values of maps, folds over elements, similarity."""

import math
import struct
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

from coodie_memory.errors import InvalidRequest
from coodie_memory.plan.functions import aggregates
from coodie_memory.plan.functions.factories import (
    COLLECTION,
    FLOAT_VECTOR,
    MAP,
    NUMERIC_SET_OR_LIST,
    SET_OR_LIST,
    Factory,
    same_as,
)
from coodie_memory.plan.nodes import Aggregate, Function, Moment
from coodie_memory.result import Raw
from coodie_memory.types.base import CqlType
from coodie_memory.types.collections import ListType, MapType, SetType
from coodie_memory.types.floats import FLOAT
from coodie_memory.types.integers import INT
from coodie_memory.types.vector import VectorType


def factories() -> Iterator[Factory]:
    """All of them: each is made for the type of its argument."""
    yield Factory("map_keys", (MAP,), _map_keys)
    yield Factory("map_values", (MAP,), _map_values)
    yield Factory("collection_count", (COLLECTION,), _count)
    for name in ("min", "max"):
        yield Factory(
            f"collection_{name}", (SET_OR_LIST,), _folding(name, partial(aggregates.extreme_of, name))
        )
    yield Factory("collection_sum", (NUMERIC_SET_OR_LIST,), _folding("sum", aggregates.sum_of))
    yield Factory("collection_avg", (NUMERIC_SET_OR_LIST,), _folding("avg", aggregates.average_of))
    for name, similarity in SIMILARITIES.items():
        parameters = (
            same_as(1, FLOAT_VECTOR, prefer_other=False),
            same_as(0, FLOAT_VECTOR, prefer_other=False),
        )
        yield Factory(f"similarity_{name}", parameters, _similarity(f"similarity_{name}", similarity))


def _no_sets(types: Sequence[CqlType | None]) -> str | None:
    if len(types) != 2:
        return "set_intersection() accepts 2 arguments only"
    if not all(isinstance(kind, SetType) for kind in types):
        return "set_intersection() requires that both arguments are of set type"
    first, second = types
    if first and second and first.freeze() != second.freeze():
        return "set_intersection() requires that both arguments are of the same set type"
    return None


def _intersection(types: tuple[CqlType, ...], _receiver: CqlType | None) -> Function:
    kind = types[0]
    assert isinstance(kind, SetType)
    returns = SetType(kind.element, is_multicell=False)

    def body(_moment: Moment, left: bytes, right: bytes) -> Raw:
        others = set(returns.unpack(right))
        return returns.pack([each for each in returns.unpack(left) if each in others])

    return Function("system", "set_intersection", types, returns, body)


SET_INTERSECTION = Factory("set_intersection", (COLLECTION, COLLECTION), _intersection, _no_sets)


def _map_keys(types: tuple[CqlType, ...], _receiver: CqlType | None) -> Function:
    (kind,) = types
    assert isinstance(kind, MapType)
    returns = SetType(kind.key, is_multicell=False)

    def body(_moment: Moment, raw: bytes) -> Raw:
        return returns.pack([key for key, _ in kind.unpack(raw)])

    return Function("system", "map_keys", types, returns, body)


def _map_values(types: tuple[CqlType, ...], _receiver: CqlType | None) -> Function:
    (kind,) = types
    assert isinstance(kind, MapType)
    returns = ListType(kind.value, is_multicell=False)

    def body(_moment: Moment, raw: bytes) -> Raw:
        return returns.pack([value for _, value in kind.unpack(raw)])

    return Function("system", "map_values", types, returns, body)


def _count(types: tuple[CqlType, ...], _receiver: CqlType | None) -> Function:
    def body(_moment: Moment, raw: bytes) -> Raw:
        # The number of elements, or of entries, stands before them.
        return raw[:4]

    return Function("system", "collection_count", types, INT, body)


def _folding(
    name: str, of_element: Callable[[CqlType], Aggregate]
) -> Callable[[tuple[CqlType, ...], CqlType | None], Function]:
    def make(types: tuple[CqlType, ...], _receiver: CqlType | None) -> Function:
        (kind,) = types
        assert isinstance(kind, SetType | ListType)
        fold = of_element(kind.element)

        def body(_moment: Moment, raw: bytes) -> Raw:
            state = fold.start()
            for element in kind.unpack(raw):
                state = fold.step(state, element)
            return fold.finish(state)

        return Function("system", f"collection_{name}", types, fold.returns, body)

    return make


def _similarity(
    name: str, similarity: Callable[[Sequence[float], Sequence[float]], float]
) -> Callable[[tuple[CqlType, ...], CqlType | None], Function]:
    def make(types: tuple[CqlType, ...], _receiver: CqlType | None) -> Function:
        first, second = types
        assert isinstance(first, VectorType)
        assert isinstance(second, VectorType)
        if first.dimension != second.dimension:
            raise InvalidRequest("All arguments must have the same vector dimensions")
        unpack = struct.Struct(f">{first.dimension}f").unpack

        def body(_moment: Moment, left: bytes, right: bytes) -> Raw:
            ours, theirs = unpack(left), unpack(right)
            if name == "similarity_cosine" and not (any(ours) and any(theirs)):
                raise InvalidRequest(f"Function system.{name} doesn't support all-zero vectors.")
            return struct.pack(">f", similarity(ours, theirs))

        return Function("system", name, types, FLOAT, body)

    return make


def _dot(ours: Sequence[float], theirs: Sequence[float]) -> float:
    return sum(one * other for one, other in zip(ours, theirs, strict=True))


def _cosine(ours: Sequence[float], theirs: Sequence[float]) -> float:
    lengths = math.sqrt(_dot(ours, ours) * _dot(theirs, theirs))
    return (1 + _dot(ours, theirs) / lengths) / 2


def _euclidean(ours: Sequence[float], theirs: Sequence[float]) -> float:
    return 1 / (1 + sum((one - other) ** 2 for one, other in zip(ours, theirs, strict=True)))


def _dot_product(ours: Sequence[float], theirs: Sequence[float]) -> float:
    return (1 + _dot(ours, theirs)) / 2


SIMILARITIES: Mapping[str, Callable[[Sequence[float], Sequence[float]], float]] = {
    "cosine": _cosine,
    "euclidean": _euclidean,
    "dot_product": _dot_product,
}
"""How near two vectors are, from 0 or less to 1 or more."""
