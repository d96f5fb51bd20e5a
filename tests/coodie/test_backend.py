"""Which backend a name means, and which one is the default."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from coodie.backend import Connections, check_concurrency
from coodie.exceptions import ConfigurationError, InvalidQueryError


class Place:
    """Registered, never asked anything."""


@pytest.fixture
def connections():
    return Connections()


def test_no_connection_names_the_way_out(connections):
    """Forgetting init_coodie() is the commonest mistake."""
    with pytest.raises(ConfigurationError, match=r"init_coodie\(\)"):
        connections.get()


def test_unknown_name_lists_what_there_is(connections):
    """A misspelt name is found at once."""
    connections.register("metrics", Place())

    with pytest.raises(ConfigurationError, match=r"no connection 'metrix'.*metrics"):
        connections.get("metrix")


def test_first_connection_is_the_default_whatever_its_name(connections):
    """One connection needs no thought."""
    only = Place()
    connections.register("x", only)

    assert connections.get() is only


def test_second_connection_does_not_steal_the_default(connections):
    """Promise 7."""
    first, second = Place(), Place()
    connections.register("default", first)
    connections.register("x", second)

    assert connections.get() is first
    assert connections.get("x") is second


def test_default_true_takes_it(connections):
    connections.register("a", Place())
    taker = Place()
    connections.register("b", taker, default=True)

    assert connections.get() is taker


def test_default_false_leaves_it_even_when_first(connections):
    """Said explicitly, it is meant."""
    connections.register("a", Place(), default=False)

    with pytest.raises(ConfigurationError):
        connections.get()


def test_connection_called_default_is_it(connections):
    """`init_coodie()` after `init_coodie(name="x")`: the unnamed one is what unnamed models mean."""
    connections.register("x", Place())
    unnamed = Place()
    connections.register("default", unnamed)

    assert connections.get() is unnamed


def test_registering_a_name_again_returns_what_had_it(connections):
    """The caller closes it; the default stays with the name."""
    before, after = Place(), Place()
    assert connections.register("x", before) is None

    assert connections.register("x", after) is before
    assert connections.get() is after


def test_registering_again_without_default_gives_the_default_up(connections):
    connections.register("x", Place())
    connections.register("x", Place(), default=False)

    with pytest.raises(ConfigurationError):
        connections.get()


def test_removed_default_is_not_replaced_by_another(connections):
    """Models must not silently write to another cluster; the next connection that is made is the default."""
    connections.register("a", Place())
    connections.register("b", Place())
    connections.remove("a")

    with pytest.raises(ConfigurationError, match="b"):
        connections.get()
    later = Place()
    connections.register("c", later)
    assert connections.get() is later


def test_removing_an_unknown_name_is_refused(connections):
    with pytest.raises(ConfigurationError, match="'x'"):
        connections.remove("x")


def test_clear_returns_all(connections):
    """What is forgotten is still to be closed."""
    a, b = Place(), Place()
    connections.register("a", a)
    connections.register("b", b)

    assert connections.clear() == [a, b]
    with pytest.raises(ConfigurationError):
        connections.get("a")


def test_restore_brings_back_names_and_default(connections):
    """What a test fixture does around a test."""
    outer = Place()
    connections.register("default", outer)
    before = connections.snapshot()
    connections.register("default", Place())
    connections.register("x", Place(), default=True)

    connections.restore(before)

    assert connections.get() is outer
    with pytest.raises(ConfigurationError):
        connections.get("x")


def test_threads_register_without_losing_one(connections):
    """Each registration builds on the state before; none is overwritten."""
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda number: connections.register(str(number), Place()), range(200)))

    assert all(connections.get(str(number)) for number in range(200))


@pytest.mark.parametrize("concurrency", [0, -1])
def test_window_without_room_is_refused(concurrency):
    with pytest.raises(InvalidQueryError, match=str(concurrency)):
        check_concurrency(concurrency)
