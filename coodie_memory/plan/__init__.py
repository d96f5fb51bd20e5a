"""TODO: one sentence on this folder."""
