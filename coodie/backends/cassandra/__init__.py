"""A real cluster, through cassandra-driver or scylla-driver; both provide the module `cassandra`.

`backend` runs requests, `prepared` keeps prepared statements, `values` and `errors` translate between the driver's
types and ours, `arrival` carries an answer from the driver's thread to an event loop.
"""

from coodie.backends.cassandra.backend import CassandraBackend, adopt, connect

__all__ = ["CassandraBackend", "adopt", "connect"]
