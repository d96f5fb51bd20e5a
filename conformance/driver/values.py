"""A value of each type as the Python driver takes and gives it. To be imported where a driver is installed."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from cassandra.util import Duration, OrderedMapSerializedKey, SortedSet

VALUES: Final[dict[str, Any]] = {
    "ascii": "plain",
    "bigint": -(2**63),
    "blob": b"\0\xff",
    "boolean": True,
    "date": date(1969, 12, 31),
    "decimal": Decimal("-1.500"),
    "double": 0.1,
    "duration": Duration(14, 3, 5_000_000_000),
    "float": 0.5,
    "inet": "2001:db8::1",
    "smallint": -(2**15),
    "text": "naïve ☃",
    "timestamp": datetime(2024, 2, 29, 12, 30, 15, 123000, tzinfo=UTC).replace(tzinfo=None),
    "timeuuid": UUID("f4b2c6a0-6f4b-11ee-b962-0242ac120002"),
    "tinyint": 127,
    "uuid": UUID("2b3c1b0e-4a52-4f5e-9d55-0d8f3f1a9b11"),
    "varint": 10**30,
    "list<text>": ["b", "a", "b"],
    "set<int>": SortedSet([3, 1, 2]),
    "map<text, frozen<list<int>>>": {"a": [1, 2], "b": [3]},
    "tuple<int, text>": (1, None),
    "frozen<map<int, frozen<set<text>>>>": {1: SortedSet(["x", "y"])},
    "vector<float, 3>": [0.5, 1.0, -2.0],
    "vector<text, 2>": ["a", "bc"],
}
"""The value that is bound, by the type of its column."""


def came_back(type_name: str, found: Any) -> bool:
    """Whether what the driver gives of such a column is the value that was bound."""
    value = VALUES[type_name]
    if isinstance(found, OrderedMapSerializedKey):
        found = dict(found.items())
    # The driver has a class of its own for dates, which equals no other.
    return str(found) == str(value) if type_name == "date" else bool(found == value)
