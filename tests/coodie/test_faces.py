"""The two faces differ in kind only: blocking or awaiting."""

import inspect

import pytest

from coodie import aio, sync

PAIRS = [
    *((getattr(sync, name), getattr(aio, name)) for name in sync.__all__ if name != "BatchQuery"),
    (sync.BatchQuery, aio.AsyncBatchQuery),
]
CLASSES = [pair for pair in PAIRS if inspect.isclass(pair[0])]
FUNCTIONS = [pair for pair in PAIRS if not inspect.isclass(pair[0])]
IN_KIND = {"__iter__": "__aiter__", "__enter__": "__aenter__", "__exit__": "__aexit__"}


def methods(face):
    """Its public methods by name, with the names of their parameters."""
    return {
        name: list(inspect.signature(getattr(face, name)).parameters)
        for name in vars(face)
        if not name.startswith(("_", "model_")) and callable(getattr(face, name)) and name != "Settings"
    }


def test_both_faces_have_the_same_names():
    assert {name.removeprefix("Async") for name in aio.__all__} == set(sync.__all__)


@pytest.mark.parametrize(("blocking", "awaiting"), CLASSES, ids=[pair[0].__name__ for pair in CLASSES])
def test_both_faces_have_the_same_methods_and_parameters(blocking, awaiting):
    assert methods(blocking) == methods(awaiting)
    assert methods(blocking) or issubclass(blocking, sync.Document)


@pytest.mark.parametrize(("blocking", "awaiting"), CLASSES, ids=[pair[0].__name__ for pair in CLASSES])
def test_iteration_and_blocks_differ_in_kind(blocking, awaiting):
    for ours, theirs in IN_KIND.items():
        assert (ours in vars(blocking)) == (theirs in vars(awaiting))


@pytest.mark.parametrize(("blocking", "awaiting"), FUNCTIONS, ids=[pair[0].__name__ for pair in FUNCTIONS])
def test_both_faces_have_the_same_functions(blocking, awaiting):
    assert inspect.signature(blocking).parameters == inspect.signature(awaiting).parameters
    assert inspect.iscoroutinefunction(awaiting)
    assert not inspect.iscoroutinefunction(blocking)
