"""What Cassandra and ScyllaDB answer differently, as named fields: the engine asks for a field, never for a product.

A new difference is a new field in `fields`, with a value for each server beside it.
"""

from coodie_memory.dialect.cassandra import CASSANDRA
from coodie_memory.dialect.fields import FILTERING_NOT_ALLOWED, Dialect, Switches
from coodie_memory.dialect.refusals import (
    AttributeRefusals,
    ChangeRefusals,
    FunctionRefusals,
    IndexRefusals,
    LiteralRefusals,
    OptionRefusals,
    RoleRefusals,
    SelectRefusals,
    TableRefusals,
    TypeRefusals,
    ViewRefusals,
    WriteRefusals,
)
from coodie_memory.dialect.scylla import SCYLLA
from coodie_memory.dialect.spelling import Spelling

DIALECTS = {dialect.name: dialect for dialect in (CASSANDRA, SCYLLA)}

__all__ = [
    "CASSANDRA",
    "DIALECTS",
    "FILTERING_NOT_ALLOWED",
    "SCYLLA",
    "AttributeRefusals",
    "ChangeRefusals",
    "Dialect",
    "FunctionRefusals",
    "IndexRefusals",
    "LiteralRefusals",
    "OptionRefusals",
    "RoleRefusals",
    "SelectRefusals",
    "Spelling",
    "Switches",
    "TableRefusals",
    "TypeRefusals",
    "ViewRefusals",
    "WriteRefusals",
]
