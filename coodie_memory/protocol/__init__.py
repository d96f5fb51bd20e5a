"""The native protocol, versions 3 to 5: bytes ⇄ frozen messages, and what a connection may say when.

Nothing here waits, owns a socket or knows what a statement means. Whoever has bytes gives them to a
`connection.ServerConnection` (a client: `client.ClientConnection`), is given messages, and sends the bytes that it
makes of the answers.

Bottom up: `primitives` (strings, values, addresses), `typecodes` and `columns` (what describes a value), `requests` and
`responses` (the messages; `errors` for ERROR's bodies), `envelopes` (a message with header, stream and extras),
`compression`, `segments` (version 5's outer frames), `connection` and `client` (the conversation).
"""
