"""A lazy document is a row until somebody looks into it."""

import copy
import pickle

import pytest

from coodie.results import LazyDocument


class Reader:
    """Makes tuples of rows, and counts."""

    def __init__(self):
        self.count = 0

    def __call__(self, row):
        self.count += 1
        if row is None:
            raise ValueError("no row")
        return tuple(row)


def test_document_is_made_once_when_it_is_first_asked_for():
    read = Reader()
    lazy = LazyDocument(read, [1, 2])
    assert (read.count, lazy.is_made, repr(lazy)) == (0, False, "LazyDocument(…)")

    assert lazy.index(2) == 1
    assert lazy.document is lazy.document
    assert (read.count, lazy.is_made, repr(lazy)) == (1, True, "LazyDocument((1, 2))")


def test_equal_to_documents_and_lazy_ones():
    assert LazyDocument(tuple, [1]) == LazyDocument(tuple, [1])
    assert LazyDocument(tuple, [1]) == (1,)
    assert LazyDocument(tuple, [1]) != (2,)
    with pytest.raises(TypeError):
        hash(LazyDocument(tuple, [1]))


def test_what_is_wrong_with_the_row_is_raised_each_time():
    lazy = LazyDocument(Reader(), None)
    for _ in range(2):
        with pytest.raises(ValueError, match="no row"):
            lazy.document  # noqa: B018  # reading is what is tested


def test_copies_and_pickles_hold_the_document():
    lazy = LazyDocument(tuple, [1])

    assert pickle.loads(pickle.dumps(lazy)) == (1,)
    assert isinstance(copy.deepcopy(lazy), LazyDocument)
    with pytest.raises(AttributeError):
        lazy.missing  # noqa: B018  # reading is what is tested
