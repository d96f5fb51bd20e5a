"""The places that answer CQL, each loaded only when `connect` chooses it."""
