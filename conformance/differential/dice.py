"""Choices, all of them small numbers: a seed can repeat them, and hypothesis can make and shrink them.

The first of several options is the plain one.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import TypeVar

from hypothesis import strategies
from hypothesis.strategies import DrawFn, SearchStrategy

T = TypeVar("T")


class Dice:
    """Chooses; `number` gives a number between two, both included."""

    def __init__(self, number: Callable[[int, int], int]) -> None:
        self.number = number

    def chance(self, percent: int) -> bool:
        """Whether something happens that does in so many of a hundred cases."""
        return self.number(0, 99) >= 100 - percent

    def pick(self, options: Sequence[T]) -> T:
        """One of the options."""
        return options[self.number(0, len(options) - 1)] if len(options) > 1 else options[0]

    def weighted(self, *options: tuple[int, T]) -> T:
        """One of the options, each as often as its weight."""
        at = self.number(0, sum(weight for weight, _ in options) - 1)
        for weight, option in options:
            at -= weight
            if at < 0:
                return option
        raise AssertionError

    def some(self, options: Sequence[T], least: int = 1, most: int = 3) -> list[T]:
        """A few different ones of the options, in any order."""
        left = list(options)
        count = min(len(left), self.number(least, most))
        return [left.pop(self.number(0, len(left) - 1) if len(left) > 1 else 0) for _ in range(count)]


def hypothetical(draw: DrawFn) -> Dice:
    """Dice whose every throw is hypothesis's."""
    return Dice(lambda low, high: draw(_numbers(low, high)))


@lru_cache(maxsize=1024)
def _numbers(low: int, high: int) -> SearchStrategy[int]:
    return strategies.integers(low, high)
