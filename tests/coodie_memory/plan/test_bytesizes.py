"""Sizes as people write them."""

import math

import pytest

from coodie_memory.plan.ddl import bytesizes


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("0B", 0),
        ("1KiB", 1024),
        ("1.5GiB", 3 << 29),
        ("2KB", 2000),
        ("1 MiB", 1 << 20),
        ("1e3B", 1000),
        ("1*2^10KiB", 1 << 20),
        ("1000mB", 1),
        ("-1KiB", -1024),
    ],
)
def test_size_is_read_with_its_unit(text, size):
    assert bytesizes.size(text) == pytest.approx(size)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("1024", "1024 does not end in unit B"),
        ("GiB", "null"),
        ("1kiB", "Unexpected characters between pos 1 and 3 in 1kiB"),
        ("1e1*2^30B", "Unexpected characters between pos 3 and 8 in 1e1*2^30B"),
    ],
)
def test_no_size_says_why(text, why):
    with pytest.raises(bytesizes.NoSize) as refused:
        bytesizes.size(text)

    assert str(refused.value) == why


@pytest.mark.parametrize("text", ["InfinityB", "1*2^99999999999B", "9e99QiB"])
def test_size_may_be_beyond_every_number(text):
    assert bytesizes.is_too_great(bytesizes.size(text))
    assert bytesizes.limited(bytesizes.size(text)) == 2**63 - 1


def test_what_is_no_number_counts_for_none():
    assert math.isnan(bytesizes.size("NaNB"))
    assert bytesizes.limited(math.nan) == 0


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (512, "512.000B"),
        (1536, "1.500KiB"),
        (1 << 30, "1.000GiB"),
        (2**63 - 1, "8.000EiB"),
        (1023, "1023.000B"),
    ],
)
def test_size_is_shown_in_the_greatest_unit_that_it_fills(size, text):
    assert bytesizes.shown(size) == text
