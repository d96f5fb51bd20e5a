"""Each error of the native protocol, from its bytes through the driver, arrives as coodie's class with its fields."""

import io
import struct

import pytest

pytest.importorskip("cassandra")

import cassandra
from cassandra.cluster import NoHostAvailable
from cassandra.connection import ConnectionShutdown
from cassandra.protocol import ErrorMessage

from coodie import exceptions
from coodie.backends.cassandra.errors import coodie_error, translated

try:
    from cassandra.protocol_features import ProtocolFeatures
except ImportError:
    FEATURES = ()
else:  # scylla-driver hands on what the server offers beyond the protocol
    FEATURES = (ProtocolFeatures(),)

QUORUM = 4


def string(text):
    data = text.encode()
    return struct.pack(">H", len(data)) + data


def level(number):
    return struct.pack(">H", number)


def integer(number):
    return struct.pack(">i", number)


def received(code, message, info=b""):
    """The driver's protocol message for an ERROR frame's body."""
    return ErrorMessage.recv_body(io.BytesIO(integer(code) + string(message) + info), 4, *FEATURES)


REPLICAS = level(QUORUM) + integer(1) + integer(2)
COORDINATOR = {"consistency": "QUORUM", "received": 1, "required": 2}
CASES = [
    (0x0000, b"", exceptions.ServerError, {}),
    (0x000A, b"", exceptions.ProtocolError, {}),
    (0x0100, b"", exceptions.AuthenticationFailed, {}),
    (0x1000, REPLICAS, exceptions.Unavailable, {"consistency": "QUORUM", "required": 1, "alive": 2}),
    (0x1001, b"", exceptions.Overloaded, {}),
    (0x1002, b"", exceptions.IsBootstrapping, {}),
    (0x1003, b"", exceptions.TruncateError, {}),
    (0x1100, REPLICAS + string("CAS"), exceptions.WriteTimeout, {**COORDINATOR, "write_type": "CAS"}),
    (0x1200, REPLICAS + b"\1", exceptions.ReadTimeout, {**COORDINATOR, "data_present": True}),
    (
        0x1300,
        REPLICAS + integer(3) + b"\0",
        exceptions.ReadFailure,
        {**COORDINATOR, "failures": 3, "data_present": False},
    ),
    (
        0x1400,
        string("ks") + string("f") + struct.pack(">H", 2) + string("int") + string("text"),
        exceptions.FunctionFailure,
        {"keyspace": "ks", "function": "f", "argument_types": ("int", "text")},
    ),
    (
        0x1500,
        REPLICAS + integer(3) + string("SIMPLE"),
        exceptions.WriteFailure,
        {**COORDINATOR, "failures": 3, "write_type": "SIMPLE"},
    ),
    (0x1700, REPLICAS, exceptions.CasWriteUnknown, COORDINATOR),
    (0x2000, b"", exceptions.SyntaxException, {}),
    (0x2100, b"", exceptions.Unauthorized, {}),
    (0x2200, b"", exceptions.InvalidRequest, {}),
    (0x2300, b"", exceptions.ConfigurationException, {}),
]
MESSAGES = ["plain words", 'with "quotes" info={x} and\na line break', ""]


@pytest.mark.parametrize("message", MESSAGES)
@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("raised", [lambda answer: answer, lambda answer: answer.to_exception()])
def test_server_error_keeps_class_code_words_and_fields(case, message, raised):
    """Whether the driver hands out its protocol message or the exception it makes of it."""
    code, info, expected, fields = case

    error = coodie_error(raised(received(code, message, info)))

    assert type(error) is expected
    assert (error.code, error.message, str(error)) == (code, message, message)
    assert vars(error) == {"message": message, **fields}


def test_every_server_error_of_coodie_is_covered():
    """A new class needs its line above."""
    with_code = {each for each in exceptions.BackendError.__subclasses__() if each.code is not None}

    assert with_code - {expected for _, _, expected, _ in CASES} == {exceptions.AlreadyExists}


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("t", 'Cannot add already existing table "t" to keyspace "ks"'),
        ("", 'Cannot add existing keyspace "ks"'),
    ],
)
def test_already_exists_has_the_servers_words_again(table, words):
    """The driver's exception has only the names left; its words are its own."""
    answer = received(0x2400, words, string("ks") + string(table))

    for error in (coodie_error(answer), coodie_error(answer.to_exception())):
        assert type(error) is exceptions.AlreadyExists
        assert vars(error) == {"message": words, "keyspace": "ks", "table": table}


def test_unknown_code_is_kept():
    """A newer server may know more errors."""
    error = coodie_error(received(0x7777, "new"))

    assert type(error) is exceptions.BackendError
    assert (error.code, error.message) == (0x7777, "new")


def test_server_error_on_every_host_is_that_error():
    """The driver tries each host and then reports that none is available, whatever they said."""
    answer = received(0x1001, "too busy")

    error = coodie_error(NoHostAvailable("Unable to complete", {"a": answer, "b": answer}))

    assert type(error) is exceptions.Overloaded
    assert error.message == "too busy"


def test_hosts_that_do_not_answer_are_a_failed_connection():
    """One refusal among connection errors: the cluster could not be reached as a whole."""
    refused = ConnectionRefusedError("refused")

    error = coodie_error(NoHostAvailable("Unable to connect", {"a": refused, "b": received(0x1001, "busy")}))

    assert type(error) is exceptions.ConnectionFailed
    assert error.code is None
    assert error.errors["a"] is refused
    assert "a: refused" in error.message


def test_hosts_that_were_not_even_tried_are_named():
    """The driver lists their addresses, without reasons."""
    theirs = NoHostAvailable("Unable to connect to any servers", ["127.0.0.1"])

    error = coodie_error(theirs)

    assert error.message == "Unable to connect to any servers; 127.0.0.1"
    assert error.errors == {"127.0.0.1": theirs}


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        (cassandra.OperationTimedOut({"a": "x"}, "a"), exceptions.RequestTimeout),
        (ConnectionShutdown("gone"), exceptions.ConnectionFailed),
        (OSError("no route"), exceptions.ConnectionFailed),
        (cassandra.AuthenticationFailed("wrong password"), exceptions.AuthenticationFailed),
        (cassandra.UnsupportedOperation("not in v3"), exceptions.BackendError),
        (ValueError("too many"), exceptions.BackendError),
    ],
)
def test_client_side_errors_have_no_code_of_a_server(theirs, ours):
    error = coodie_error(theirs)

    assert type(error) is ours
    assert error.code == ours.code


def test_translated_keeps_the_drivers_exception_as_the_cause():
    """For those who want to look; nobody has to import a driver."""
    theirs = received(0x2000, "line 1:0 no viable alternative")

    with pytest.raises(exceptions.SyntaxException) as caught, translated():
        raise theirs

    assert caught.value.__cause__ is theirs


def test_translated_leaves_coodies_own_errors_alone():
    own = exceptions.InvalidRequest("mine")

    with pytest.raises(exceptions.InvalidRequest) as caught, translated():
        raise own

    assert caught.value is own
