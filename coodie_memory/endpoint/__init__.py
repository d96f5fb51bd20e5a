"""One client's conversation, whatever carries it: a request in, its answer out, events when they happen.

`wire` is a whole conversation as bytes; `conversation` answers; `service` holds what the conversations of a cluster share; `authentication` says who may come in;
`tracing` writes down how a request went; `room` says when there is no more.
"""

from coodie_memory.endpoint.authentication import Credentials, RoleCredentials, passwords
from coodie_memory.endpoint.conversation import Endpoint
from coodie_memory.endpoint.room import MemoryLimit
from coodie_memory.endpoint.service import Service
from coodie_memory.endpoint.wire import Wire

__all__ = ["Credentials", "Endpoint", "MemoryLimit", "RoleCredentials", "Service", "Wire", "passwords"]
