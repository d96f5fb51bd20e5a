"""Rows that expire as a whole, at the moment that one of their columns tells.

A server looks for them now and then and deletes them. Here that is when somebody reads: whoever looks finds no row that
should be gone, and the change log says that it went.
"""

from collections.abc import Callable

from coodie_memory.execution import changelog
from coodie_memory.execution.context import Context
from coodie_memory.schema.changelog import logging
from coodie_memory.schema.model import Column, Table
from coodie_memory.storage.cell import Deletion
from coodie_memory.storage.mutation import Mutation
from coodie_memory.storage.partition import Partition
from coodie_memory.storage.row import deleted

_TOO_LONG_AGO = 5 * 365 * 24 * 3600


def expire(context: Context, table: Table) -> None:
    """Delete the rows whose time has come."""
    store = context.engine.store(table)
    if store.swept == context.now:
        return
    has_ended = _ended(table.columns[table.options["ttl"]], context)
    mutations = [
        found
        for partition in store.partitions.values()
        if (found := _expired(table, partition, has_ended, context)) is not None
    ]
    store.swept = context.now
    if mutations:
        asked = logging(table)
        logged = [] if asked is None else changelog.expired(table, asked, mutations, context)
        context.engine.apply([*mutations, *logged], context.now)


def _expired(
    table: Table, partition: Partition, has_ended: Callable[[bytes], bool], context: Context
) -> Mutation | None:
    slot = table.columns[table.options["ttl"]].slot
    deletion = Deletion(context.engine.next_timestamp(), context.now)
    rows = []
    for position, row in partition.rows.items():
        raw = row.values[slot] if slot < len(row.values) else None
        if isinstance(raw, bytes) and raw and has_ended(raw):
            rows.append((position, deleted(row.clustering, deletion)))
    return Mutation(table.id, partition.key, partition.components, tuple(rows)) if rows else None


def _ended(column: Column, context: Context) -> Callable[[bytes], bool]:
    """Whether the moment is over that a value of the column tells: a timestamp in milliseconds, a number in seconds.

    What lies years back is taken for a mistake, and ends nothing.
    """
    unit = 1000 if column.type.cql() == "timestamp" else 1
    earliest, latest = (context.now - _TOO_LONG_AGO) * unit, context.now * unit
    return lambda raw: earliest <= int.from_bytes(raw, "big", signed=True) <= latest
