"""What stands in markers, refused where it cannot be meant; where markers may stand is for `schema` to say."""

from collections.abc import Iterable
from typing import get_args

from coodie import fields
from coodie.cqltypes import CqlType, ListType, MapType, SetType, is_collection, spelling
from coodie.exceptions import InvalidModelError


def check_words(where: str, markers: Iterable[fields.Marker]) -> None:
    """Refuse what stands in a marker and cannot be meant."""
    for marker in markers:
        match marker:
            case fields.PrimaryKey(position) | fields.ClusteringKey(clustering_key_index=position):
                if not isinstance(position, int):
                    raise InvalidModelError(
                        f"{where}: a place in the key is a whole number, not {position!r}"
                    )
            case fields.Column(name):
                if not isinstance(name, str) or not name:
                    raise InvalidModelError(f"{where}: {name!r} is no name of a column")
            case fields.Indexed(name, target):
                if name is not None and not (isinstance(name, str) and name):
                    raise InvalidModelError(f"{where}: {name!r} is no name of an index")
                _check_word(f"{where}: an index is on", target, get_args(fields.IndexTarget))
            case fields.VectorIndex(similarity):
                _check_word(f"{where}: similarity is", similarity, get_args(fields.Similarity))


def _check_word(what: str, word: str | None, words: tuple[str, ...]) -> None:
    if word is not None and word not in words:
        raise InvalidModelError(f"{what} {', '.join(words[:-1])} or {words[-1]}, not {word!r}")


def check_target(where: str, target: fields.IndexTarget | None, cql_type: CqlType) -> None:
    """Refuse an index on what the column has not."""
    if target in ("keys", "entries") and not isinstance(cql_type, MapType):
        raise InvalidModelError(
            f"{where}: an index on {target} stands on a dict, not on {spelling(cql_type)}"
        )
    if target is not None and not isinstance(cql_type, ListType | SetType | MapType):
        raise InvalidModelError(
            f"{where}: an index on {target} stands on a collection, not on {spelling(cql_type)}; leave target out"
        )
    if target == "full" and is_collection(cql_type):
        raise InvalidModelError(
            f"{where}: an index on the full collection stands on a frozen one; mark it with Frozen()"
        )
    if (
        target != "full"
        and isinstance(cql_type, ListType | SetType | MapType)
        and not is_collection(cql_type)
    ):
        raise InvalidModelError(
            f"{where}: a frozen collection is one value, and is indexed as one: Indexed(target='full')"
        )
