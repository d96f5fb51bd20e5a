"""What drivers and tools say to a server, and what they rarely say: each conversation begins in an empty keyspace.

Only what every server of this kind answers equally is written down.
"""

from collections.abc import Callable
from typing import TypeAlias

from conformance.protocol.conversations.answering import extras, pages
from conformance.protocol.conversations.asking import node, ranges, schema, system_tables
from conformance.protocol.conversations.batching import batches
from conformance.protocol.conversations.binding import types, values
from conformance.protocol.conversations.changing import keyspaces, schema_changes
from conformance.protocol.conversations.preparing import altered, outdated, prepared_statements
from conformance.protocol.conversations.refusals import errors
from conformance.protocol.talk import Talk

Conversation: TypeAlias = Callable[[Talk], None]

CONVERSATIONS: dict[str, Conversation] = {
    told.__name__: told
    for told in (
        errors,
        values,
        prepared_statements,
        altered,
        outdated,
        pages,
        schema_changes,
        batches,
        keyspaces,
        extras,
        types,
        system_tables,
        node,
        schema,
        ranges,
    )
}
