"""Cells in time: what was written, when, until when, and what of it is readable now. Knows bytes, no types and no CQL."""
