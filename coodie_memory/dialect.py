"""What Cassandra and ScyllaDB answer differently, as named fields: the engine asks for a field, never for a product.

Every field says which behaviour it switches; a new difference is a new field here and nowhere else.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """One server's ways."""

    name: str
    lwt_returns_row_when_applied: bool
    """An applied LWT answers `[applied]` and the previous values, not `[applied]` alone."""
    lwt_batch_returns_row_per_statement: bool
    """A conditional batch answers one row for each of its statements, in their order."""


CASSANDRA = Dialect(
    name="cassandra",
    lwt_returns_row_when_applied=False,
    lwt_batch_returns_row_per_statement=False,
)
SCYLLA = Dialect(
    name="scylla",
    lwt_returns_row_when_applied=True,
    lwt_batch_returns_row_per_statement=True,
)
DIALECTS = {dialect.name: dialect for dialect in (CASSANDRA, SCYLLA)}
