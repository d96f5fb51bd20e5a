"""A clock runs with its source until it is told otherwise."""

from datetime import UTC, datetime, timedelta

import pytest

from coodie_memory.clock import SECOND, Clock

START = 1_700_000_000 * SECOND


@pytest.fixture
def source() -> list[int]:
    return [START]


@pytest.fixture
def clock(source: list[int]) -> Clock:
    return Clock(lambda: source[0])


def test_a_clock_runs_with_its_source(clock: Clock, source: list[int]) -> None:
    source[0] += 5

    assert clock.micros() == START + 5


@pytest.mark.parametrize(
    ("span", "micros"),
    [
        ("1h", 3600 * SECOND),
        ("1m30s", 90 * SECOND),
        ("250ms", 250_000),
        ("1.5s", 1_500_000),
        ("7us", 7),
        ("2d", 2 * 86400 * SECOND),
        (61, 61 * SECOND),
        (0.5, SECOND // 2),
        (timedelta(minutes=1), 60 * SECOND),
    ],
)
def test_it_advances_by_any_span(clock: Clock, span: str | float | timedelta, micros: int) -> None:
    clock.advance(span)

    assert clock.micros() == START + micros


@pytest.mark.parametrize("span", ["", "1", "h", "1h x", "-1h", -1, timedelta(seconds=-1)])
def test_a_span_that_is_none_is_refused_and_moves_nothing(clock: Clock, span: str | int | timedelta) -> None:
    with pytest.raises(ValueError, match=r"span|forward"):
        clock.advance(span)

    assert clock.micros() == START


def test_a_frozen_clock_stands_still_and_can_be_advanced(clock: Clock, source: list[int]) -> None:
    clock.freeze()
    source[0] += SECOND
    assert clock.micros() == START

    clock.advance("1s")
    assert clock.micros() == START + SECOND


def test_it_resumes_from_where_it_was_frozen(clock: Clock, source: list[int]) -> None:
    clock.freeze()
    source[0] += 10 * SECOND
    clock.resume()
    source[0] += 1

    assert clock.micros() == START + 1


def test_it_is_set_to_any_aware_moment(clock: Clock) -> None:
    moment = datetime(2031, 5, 1, 12, 30, 0, 5, tzinfo=UTC)
    clock.set(moment)
    assert clock.now() == moment

    clock.freeze(at=datetime(1999, 1, 1, tzinfo=UTC))
    assert clock.now() == datetime(1999, 1, 1, tzinfo=UTC)


def test_a_naive_moment_is_refused(clock: Clock) -> None:
    with pytest.raises(ValueError, match="no time zone"):
        clock.set(datetime(2031, 5, 1))  # noqa: DTZ001 (what is refused)
