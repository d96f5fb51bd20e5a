"""Tokens are Cassandra's, bug for bug."""

from struct import pack

import pytest
from cassandra.murmur3 import murmur3
from hypothesis import example, given
from hypothesis import strategies as st

from coodie_memory.types.token import token_of


@pytest.mark.parametrize(
    ("key", "token"),
    [
        (pack(">i", 1234), 8821045555241575141),
        (b"\0\4\0\0\0\1\0" + b"\0\1x\0", 746584927563629270),
    ],
    ids=["an int", "an int and a text"],
)
def test_token_is_the_one_a_server_told_us(key, token):
    assert token == token_of(key)


@given(st.binary(min_size=1, max_size=80))
@example(b"\xff" * 15)
@example(b"\x80" * 33)
def test_token_is_the_drivers_for_any_key(key):
    """The driver routes by the same hash; its bytes above 0x7f are where implementations go wrong."""
    assert murmur3(key) == token_of(key)


def test_int_partitions_scan_in_the_servers_order():
    servers = [379, 293, 1, 0, 2, 419, 317, -1, 1234, 3]

    assert servers == sorted(servers, key=lambda number: token_of(pack(">i", number)))
