"""The server under load, in a process of its own: prints its address, then what it holds whenever it is asked.

Runs until its input ends.
"""

import asyncio
import gc
import json
import sys
from collections import Counter
from pathlib import Path

from coodie_memory import session
from coodie_memory.cluster import MemoryCluster
from coodie_memory.endpoint import Endpoint
from coodie_memory.endpoint.room import resident
from coodie_memory.protocol.columns import columns_of
from coodie_memory.server import Client, Limits, Server, serving

LIMITS = Limits(frame=1 << 20, unread=1 << 18, clients=64)
_COUNTED = {asyncio.Task: "tasks", Client: "connections", Endpoint: "conversations"}


def main() -> None:
    cluster = MemoryCluster(dialect="cassandra")
    server = Server(cluster.service, port=0, limits=LIMITS)
    with serving(server) as address:
        _say(str(address))
        for request in sys.stdin:
            _say(json.dumps(held(cluster, server, tidies=request.strip() == "tidy")))


def held(cluster: MemoryCluster, server: Server, *, tidies: bool) -> dict[str, int]:
    """What there is now; `tidies` first forgets what only caches hold, which are bounded but take long to fill."""
    if not tidies:
        return {"unread": max((_unread(client) for client in tuple(server._clients)), default=0)}
    cluster._plans._prepared.clear()
    cluster.service.statements._known.clear()
    for cache in (session._parsed_cached, columns_of):
        cache.cache_clear()
    gc.collect()
    things = gc.get_objects()
    counted = Counter(dict.fromkeys(_COUNTED.values(), 0))
    counted.update(_COUNTED[kind] for thing in things if (kind := type(thing)) in _COUNTED)
    return counted | {
        "clients": len(server._clients),
        "listeners": len(cluster.engine.listeners),
        "files": len(list(Path("/proc/self/fd").iterdir())),
        "tables": sum(len(keyspace.tables) for keyspace in cluster.engine.schema.keyspaces.values()),
        "objects": len(things),
        "memory": resident(),
    }


def _unread(client: Client) -> int:
    """Bytes that wait for the client to read them."""
    return client._transport.get_write_buffer_size()


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
