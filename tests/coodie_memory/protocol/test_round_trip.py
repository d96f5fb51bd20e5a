"""Whatever is written is read again: every message, in each version that can carry it, however it is cut and framed."""

from collections.abc import Callable
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from coodie_memory import errors
from coodie_memory.protocol import columns as columns_module
from coodie_memory.protocol import compression, envelopes, requests, responses, segments
from coodie_memory.protocol.columns import NO_RESULT_ID, Columns, Omitted
from coodie_memory.protocol.envelopes import HEADER_LENGTH, Answer, Incoming
from coodie_memory.protocol.primitives import CONSISTENCY, Reader
from coodie_memory.protocol.segments import SegmentReader
from coodie_memory.result import UNSET, ColumnSpec
from coodie_memory.types.collections import ListType, MapType, SetType
from coodie_memory.types.names import NATIVE
from coodie_memory.types.tuples import TupleType
from coodie_memory.types.usertype import UserType
from coodie_memory.types.vector import VectorType

INTS = st.integers(-(2**31), 2**31 - 1)
COUNTS = st.integers(0, 2**31 - 1)
SHORTS = st.integers(0, 0xFFFF)
STREAMS = st.integers(-(2**15), 2**15 - 1)
LONGS = st.integers(-(2**63) + 1, 2**63 - 1)
TEXTS = st.text(st.characters(codec="utf-8"), max_size=12)
NAMES = st.text("abcxyzÄ _", min_size=1, max_size=6)
SHORT_BYTES = st.binary(max_size=20)
RAW = st.none() | st.binary(max_size=20)
LEVELS = st.sampled_from(CONSISTENCY)
PAYLOADS = st.dictionaries(TEXTS, RAW, max_size=4)
ADDRESSES = st.ip_addresses()


def tuples_of(strategy: st.SearchStrategy[Any], limit: int = 4) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(strategy, max_size=limit).map(tuple)


def _nested(inside: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    def user_type(keyspace: str, name: str, fields: dict[str, Any]) -> UserType:
        return UserType(keyspace, name, tuple(fields), tuple(fields.values()))

    return (
        st.builds(ListType, inside)
        | st.builds(SetType, inside)
        | st.builds(MapType, inside, inside)
        | st.builds(TupleType, st.lists(inside, min_size=1, max_size=3).map(tuple))
        | st.builds(user_type, st.just("ks"), NAMES, st.dictionaries(NAMES, inside, min_size=1, max_size=3))
        | st.builds(VectorType, inside, st.integers(1, 5))
    )


TYPES = st.recursive(st.sampled_from(list(NATIVE.values())), _nested, max_leaves=5)
SPECS = st.builds(ColumnSpec, NAMES, NAMES, NAMES, TYPES)
COLUMNS = st.builds(Columns, st.lists(SPECS, max_size=4))
OMITTED = st.builds(Omitted, st.integers(0, 5), st.booleans())


def parameters(version: int) -> st.SearchStrategy[requests.Parameters]:
    bound = RAW | st.just(UNSET) if version > 3 else RAW
    values = tuples_of(bound)
    named = st.lists(st.tuples(TEXTS, bound), max_size=4).map(
        lambda pairs: (tuple(name for name, _ in pairs), tuple(value for _, value in pairs))
    )
    arguments = st.one_of(st.just((None, None)), st.tuples(st.none(), values), named)
    return st.builds(
        lambda pair, **others: requests.Parameters(names=pair[0], values=pair[1], **others),
        arguments,
        consistency=LEVELS,
        skip_metadata=st.booleans(),
        page_size=st.none() | INTS,
        paging_state=st.none() | SHORT_BYTES,
        serial_consistency=st.none() | LEVELS,
        timestamp=st.none() | LONGS,
        keyspace=st.none() | TEXTS if version > 4 else st.none(),
        now_in_seconds=st.none() | st.integers(0, 2**32 - 1) if version > 4 else st.none(),
    )


def any_request(version: int) -> st.SearchStrategy[requests.Request]:
    bound = RAW | st.just(UNSET) if version > 3 else RAW
    statement = st.builds(requests.BatchStatement, TEXTS | SHORT_BYTES, tuples_of(bound))
    options = st.dictionaries(st.text("ABC_", max_size=5), TEXTS, max_size=3)
    return st.one_of(
        st.builds(requests.Startup, options),
        st.just(requests.Options()),
        st.builds(requests.AuthResponse, st.binary(max_size=30)),
        st.builds(requests.Query, st.text(st.characters(codec="utf-8")), parameters(version)),
        st.builds(requests.Prepare, TEXTS, st.none() | TEXTS if version > 4 else st.none()),
        st.builds(
            requests.Execute, SHORT_BYTES, parameters(version), SHORT_BYTES if version > 4 else st.none()
        ),
        st.builds(
            requests.Batch,
            st.sampled_from(["LOGGED", "UNLOGGED", "COUNTER"]),
            tuples_of(statement),
            parameters(version),
        ),
        st.builds(
            requests.Register,
            tuples_of(st.sampled_from(["TOPOLOGY_CHANGE", "STATUS_CHANGE", "SCHEMA_CHANGE"])),
        ),
    )


@st.composite
def rows(draw: Callable[..., Any], version: int) -> responses.Rows:
    columns = draw(COLUMNS | OMITTED)
    width = columns.count if isinstance(columns, Omitted) else len(columns)
    row = st.tuples(*[RAW] * width)
    # Rows without columns take no bytes: no reader believes in many of them.
    content = draw(tuples_of(row) if width else st.just(()))
    metadata_id = draw(st.none() | SHORT_BYTES) if version > 4 else None
    return responses.Rows(columns, content, draw(st.none() | SHORT_BYTES), metadata_id)


@st.composite
def prepared(draw: Callable[..., Any], version: int) -> responses.Prepared:
    markers = draw(COLUMNS)
    indexes = draw(tuples_of(SHORTS)) if markers.share_table and version > 3 else ()
    metadata_id = draw(st.just(NO_RESULT_ID) | st.binary(min_size=1, max_size=20)) if version > 4 else None
    return responses.Prepared(draw(SHORT_BYTES), markers, indexes, draw(COLUMNS | OMITTED), metadata_id)


def schema_changes(version: int) -> st.SearchStrategy[responses.SchemaChange]:
    change = st.sampled_from(["CREATED", "UPDATED", "DROPPED"])
    plain = st.builds(
        responses.SchemaChange, change, st.sampled_from(["TABLE", "TYPE"]), NAMES, NAMES
    ) | st.builds(responses.SchemaChange, change, st.just("KEYSPACE"), NAMES)
    if version < 4:
        return plain
    function = st.sampled_from(["FUNCTION", "AGGREGATE"])
    return plain | st.builds(responses.SchemaChange, change, function, NAMES, NAMES, tuples_of(NAMES))


def any_error(version: int) -> st.SearchStrategy[errors.CqlError]:
    plain = st.sampled_from(
        [
            errors.ServerError, errors.ProtocolException, errors.AuthenticationFailed, errors.Overloaded,
            errors.IsBootstrapping, errors.TruncateError, errors.SyntaxException, errors.Unauthorized,
            errors.InvalidRequest, errors.ConfigurationException,
        ]
    )  # fmt: skip
    counts = {"consistency": LEVELS, "received": COUNTS, "required": COUNTS}
    reasons = tuples_of(st.tuples(ADDRESSES, SHORTS))

    def failed(kind: type[Any], **fields: Any) -> st.SearchStrategy[Any]:
        if version < 5:
            return st.builds(kind, TEXTS, failures=COUNTS, **counts, **fields)
        return reasons.flatmap(
            lambda given: st.builds(
                kind, TEXTS, failures=st.just(len(given)), reasons=st.just(given), **counts, **fields
            )
        )

    common = [
        plain.flatmap(lambda kind: st.builds(kind, TEXTS)),
        st.builds(errors.Unavailable, TEXTS, consistency=LEVELS, required=COUNTS, alive=COUNTS),
        st.builds(errors.ReadTimeout, TEXTS, **counts, data_present=st.booleans()),
        st.builds(errors.WriteTimeout, TEXTS, **counts, write_type=st.sampled_from(["SIMPLE", "CAS"])),
        st.builds(errors.AlreadyExists, TEXTS, keyspace=TEXTS, table=TEXTS),
        st.builds(errors.Unprepared, TEXTS, statement_id=SHORT_BYTES),
    ]
    since_4 = [
        st.builds(errors.CdcWriteFailure, TEXTS),
        st.builds(
            errors.FunctionFailure, TEXTS, keyspace=NAMES, function=NAMES, argument_types=tuples_of(NAMES)
        ),
        failed(errors.ReadFailure, data_present=st.booleans()),
        failed(errors.WriteFailure, write_type=NAMES),
    ]
    since_5 = [
        st.builds(errors.CasWriteUnknown, TEXTS, **counts),
        st.builds(errors.WriteTimeout, TEXTS, **counts, write_type=st.just("CAS"), contentions=SHORTS),
    ]
    return st.one_of(common + since_4 * (version > 3) + since_5 * (version > 4))


def any_response(version: int) -> st.SearchStrategy[responses.Response]:
    changes = schema_changes(version)
    return st.one_of(
        st.just(responses.Ready()),
        st.builds(responses.Authenticate, TEXTS),
        st.builds(responses.AuthChallenge, SHORT_BYTES),
        st.builds(responses.AuthSuccess, RAW),
        st.builds(responses.Supported, st.dictionaries(TEXTS, tuples_of(TEXTS), max_size=3)),
        st.builds(responses.Error, any_error(version)),
        st.just(responses.Void()),
        rows(version),
        st.builds(responses.SetKeyspace, TEXTS),
        prepared(version),
        changes,
        st.builds(responses.SchemaChanged, changes),
        st.builds(
            responses.TopologyChanged,
            st.sampled_from(["NEW_NODE", "REMOVED_NODE", "MOVED_NODE"]),
            ADDRESSES,
            SHORTS,
        ),
        st.builds(responses.StatusChanged, st.sampled_from(["UP", "DOWN"]), ADDRESSES, SHORTS),
    )


VERSIONS = st.sampled_from([3, 4, 5, 6])
COMPRESSORS = st.sampled_from([None, "lz4", "snappy"]).map(lambda name: name and compression.compressor(name))


def body_of(data: bytes, compressor: compression.Compressor | None) -> bytes:
    body = data[HEADER_LENGTH:]
    return compressor.decompress(body) if compressor else body


def thawed(kind: Any) -> Any:
    """The type as the protocol tells it: what is frozen is not told."""
    match kind:
        case ListType():
            return ListType(thawed(kind.element))
        case SetType():
            return SetType(thawed(kind.element))
        case MapType():
            return MapType(thawed(kind.key), thawed(kind.value))
        case TupleType():
            return TupleType(tuple(map(thawed, kind.components)))
        case UserType():
            types = tuple(map(thawed, kind.field_types))
            return UserType(kind.keyspace, kind.name, kind.field_names, types)
    return kind


def told(columns: Columns | Omitted) -> Columns | Omitted:
    if isinstance(columns, Omitted):
        return columns
    return Columns(
        ColumnSpec(spec.keyspace, spec.table, spec.name, thawed(spec.type)) for spec in columns.specs
    )


def told_response(response: responses.Response) -> responses.Response:
    match response:
        case responses.Rows(columns, content, paging_state, metadata_id):
            return responses.Rows(told(columns), content, paging_state, metadata_id)
        case responses.Prepared(statement_id, markers, indexes, columns, metadata_id):
            described = told(markers)
            assert isinstance(described, Columns)
            return responses.Prepared(statement_id, described, indexes, told(columns), metadata_id)
    return response


@given(data=st.data(), version=VERSIONS, stream=STREAMS, tracing=st.booleans(), compressor=COMPRESSORS)
@settings(max_examples=100, deadline=None)
def test_requests_are_read_as_they_were_written(data, version, stream, tracing, compressor):
    request = data.draw(any_request(version))
    payload = data.draw(st.none() | PAYLOADS) if version > 3 else None
    written = envelopes.encode_request(
        request, version, stream, tracing=tracing, payload=payload, compressor=compressor
    )
    head = envelopes.header(written)
    assert head.length == len(written) - HEADER_LENGTH
    read = envelopes.decode_request(head, body_of(written, compressor))
    assert Incoming(stream, request, tracing, payload) == read


@given(
    data=st.data(),
    version=VERSIONS,
    stream=STREAMS,
    tracing_id=st.none() | st.uuids(),
    compressor=COMPRESSORS,
)
@settings(max_examples=150, deadline=None)
def test_responses_are_read_as_they_were_written(data, version, stream, tracing_id, compressor):
    response = data.draw(any_response(version))
    warnings = data.draw(tuples_of(TEXTS)) if version > 3 else ()
    payload = data.draw(st.none() | PAYLOADS) if version > 3 else None
    written = envelopes.encode_response(
        response,
        version,
        stream,
        warnings=warnings,
        tracing_id=tracing_id,
        payload=payload,
        compressor=compressor,
    )
    read = envelopes.decode_response(envelopes.header(written), body_of(written, compressor))
    assert Answer(stream, told_response(response), warnings, tracing_id, payload) == Answer(
        read.stream, told_response(read.response), read.warnings, read.tracing_id, read.payload
    )


@given(TYPES, VERSIONS)
def test_each_type_is_told_again_in_the_same_words(kind, version):
    """Also where it travels as a Java class, which tells what is frozen, too."""
    written = Columns([ColumnSpec("ks", "t", "c", kind)]).encode(version)
    read = columns_module.decode(Reader(written), 1, share_table=True)
    assert written == read.encode(version)


@given(
    st.lists(st.binary(max_size=300) | st.integers(131_060, 131_080).map(bytes), max_size=4),
    st.booleans(),
    st.lists(st.integers(1, 100_000), min_size=1, max_size=10),
)
@settings(max_examples=25, deadline=None)
def test_segments_carry_what_was_put_into_them_however_they_are_cut(written, compressed, cuts):
    stream = b"".join(segments.split(envelope, compressed=compressed) for envelope in written)
    reader = SegmentReader(compressed=compressed)
    payloads, at, turn = b"", 0, 0
    while at < len(stream):
        step = cuts[turn % len(cuts)]
        reader.feed(stream[at : at + step])
        at, turn = at + step, turn + 1
        while (segment := reader.next()) is not None:
            payloads += segment.payload
            assert len(segment.payload) <= segments.MAX_PAYLOAD
    assert b"".join(written) == payloads
