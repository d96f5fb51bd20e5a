"""What the real Cassandra and its driver said to each other, taken apart and put together again."""

from pathlib import Path

import pytest

from conformance.recording import Conversation, read
from conformance.transcript import in_segments, transcript, unframed
from coodie_memory import errors
from coodie_memory.protocol import envelopes, requests, responses, segments
from coodie_memory.protocol.columns import NO_RESULT_ID, Columns, Omitted
from coodie_memory.protocol.envelopes import COMPRESSED, HEADER, Answer, Incoming
from coodie_memory.types.native import NativeType
from coodie_memory.types.vector import VectorType

FOLDER = Path(__file__).parent / "recordings"
RECORDINGS = sorted(FOLDER.glob("*.txt"))
FRAMED = [path for path in RECORDINGS if "v5" in path.stem]

NAMELESS = b"\0\x07UPDATED\0\x08KEYSPACE\0\x0arecordings\0\0"
"""How version 3 ends when a function changed: as if the keyspace had, with an empty name that no keyspace has."""


def conversations(path: Path) -> list[Conversation]:
    return [conversation for conversation in read(path) if conversation.chunks]


def encoded(version: int, message: Incoming | Answer) -> bytes:
    """The envelope of a message."""
    match message:
        case Incoming(stream, request, tracing, payload):
            return envelopes.encode_request(request, version, stream, tracing=tracing, payload=payload)
        case Answer(stream, response, warnings, tracing_id, payload):
            return envelopes.encode_response(
                response, version, stream, warnings=warnings, tracing_id=tracing_id, payload=payload
            )


@pytest.mark.parametrize("path", RECORDINGS, ids=lambda path: path.stem)
def test_every_recorded_envelope_is_encoded_to_the_same_bytes(path):
    """Decoding loses nothing that matters on the wire, in either direction."""
    count = 0
    for conversation in conversations(path):
        for said in transcript(conversation):
            body = nameless(said.body) if said.head.version == 3 else said.body
            head = said.head._replace(flags=said.head.flags & ~COMPRESSED, length=len(body))
            assert HEADER.pack(*head) + body == encoded(head.version, said.message)
            count += 1
    assert count > 30


@pytest.mark.parametrize("path", FRAMED, ids=lambda path: path.stem)
def test_every_recorded_segment_is_encoded_to_the_same_bytes(path):
    """Checksums and flags are the server's and the driver's; how well LZ4 compresses is each one's own affair."""
    compressed = "lz4" in path.stem
    for conversation in conversations(path):
        for sender in (">", "<"):
            sent = in_segments(conversation, sender)
            there = list(unframed(sent, compressed=compressed))
            again = b"".join(segments.split(segment.payload, compressed=compressed) for segment in there)
            assert there == list(unframed(again, compressed=compressed))
            assert compressed or sent == again


def test_recordings_have_each_kind_of_message():
    """What no recording has, no recording could show to be right. A challenge the server never makes."""
    kinds = {
        type(message.request if isinstance(message, Incoming) else message.response)
        for path in RECORDINGS
        for conversation in conversations(path)
        for message in [said.message for said in transcript(conversation)]
    }
    assert kinds >= {
        requests.Startup, requests.Options, requests.Query, requests.Prepare, requests.Execute, requests.Batch,
        requests.Register, requests.AuthResponse, responses.Authenticate, responses.AuthSuccess, responses.Ready, responses.Supported, responses.Error, responses.Void, responses.Rows,
        responses.SetKeyspace, responses.Prepared, responses.SchemaChange, responses.SchemaChanged, responses.StatusChanged,
        responses.TopologyChanged,
    }  # fmt: skip


def test_recordings_have_the_errors_that_two_nodes_make():
    """The others, of failed reads and overload, round trip only as we write them ourselves."""
    found = {
        type(message.response.error)
        for path in RECORDINGS
        for conversation in conversations(path)
        for message in [said.message for said in transcript(conversation)]
        if isinstance(message, Answer) and isinstance(message.response, responses.Error)
    }
    assert found == {
        errors.AlreadyExists, errors.AuthenticationFailed, errors.ConfigurationException, errors.FunctionFailure,
        errors.InvalidRequest, errors.SyntaxException, errors.Unauthorized, errors.Unavailable, errors.Unprepared,
        errors.WriteFailure, errors.WriteTimeout, errors.ReadTimeout,
    }  # fmt: skip


@pytest.mark.parametrize("version", [3, 4, 5])
def test_what_is_missing_is_told_with_each_kind_of_statement(version):
    """Two replicas were wanted; one was there, and the other did not answer or was known to be down."""
    (conversation,) = conversations(FOLDER / f"ring-v{version}.txt")
    found = [
        message.response
        for message in [said.message for said in transcript(conversation)]
        if isinstance(message, Answer)
    ]
    refusals = [response.error for response in found if isinstance(response, responses.Error)]
    timeouts = [error for error in refusals if isinstance(error, errors.WriteTimeout)]
    types = {"SIMPLE", "COUNTER", "CAS", "BATCH_LOG", "UNLOGGED_BATCH"}
    assert {error.write_type for error in timeouts} == types
    assert all(error.received < error.required for error in timeouts)
    counted = {error.contentions for error in timeouts if error.write_type == "CAS"}
    assert counted == ({0} if version == 5 else {None})
    missing = [error for error in refusals if isinstance(error, errors.Unavailable)]
    assert {(error.consistency, error.required, error.alive) for error in missing} == {
        ("ALL", 2, 1),
        ("SERIAL", 2, 1),
    }
    told = [event.status for event in found if isinstance(event, responses.StatusChanged)]
    assert told == ["UP", "DOWN", "UP"]


def nameless(body: bytes) -> bytes:
    return body[:-2] if body.endswith(NAMELESS) else body


def own_responses(version: int) -> list[responses.Response]:
    (conversation,) = conversations(FOLDER / f"own-v{version}.txt")
    messages = [said.message for said in transcript(conversation)]
    return [message.response for message in messages if isinstance(message, Answer)]


@pytest.mark.parametrize("version", [3, 4, 5])
def test_each_type_arrives_in_each_version(version):
    """Types that have no code, or not yet, arrive as Java classes, and are understood."""
    described = [
        response.columns
        for response in own_responses(version)
        if isinstance(response, responses.Rows) and isinstance(response.columns, Columns)
    ]
    columns = max(described, key=lambda each: len({spec.type for spec in each.specs}))
    types = {spec.name: spec.type.cql() for spec in columns.specs}
    assert types["t"] == "duration"
    assert types["l"] == "smallint"
    assert types["tu"] == "frozen<tuple<int, text, duration>>"
    assert types["vt"] == "vector<text, 2>"
    vector = next(spec.type for spec in columns.specs if spec.name == "vu")
    assert isinstance(vector, VectorType)
    assert vector.element.cql() == "frozen<address>"


def test_changed_columns_are_told_with_their_new_id():
    """Version 5 sends the columns, although the client asked for none, if they are others than it knew."""
    rows = [response for response in own_responses(5) if isinstance(response, responses.Rows)]
    (changed,) = [each for each in rows if each.metadata_id is not None]
    assert isinstance(changed.columns, Columns)
    assert "added" in {spec.name for spec in changed.columns.specs}
    assert any(isinstance(each.columns, Omitted) for each in rows)


def test_metadata_ids_are_the_servers():
    """They are made as the server makes them, where the protocol tells all that goes into them."""
    prepared = [
        message.response
        for path in FRAMED
        for conversation in conversations(path)
        for message in [said.message for said in transcript(conversation)]
        if isinstance(message, Answer) and isinstance(message.response, responses.Prepared)
    ]
    compared = 0
    for each in prepared:
        if isinstance(each.columns, Omitted):
            assert each.metadata_id == NO_RESULT_ID
        elif all(isinstance(spec.type, NativeType) for spec in each.columns.specs):
            assert each.metadata_id == each.columns.metadata_id
            compared += 1
    assert compared > 1
