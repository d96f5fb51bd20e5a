"""The tree of errors, its codes, and that an error survives being copied and sent to another process."""

import copy
import inspect
import pickle

import pytest

from coodie import exceptions

CODES = {
    "ServerError": 0x0000,
    "ProtocolError": 0x000A,
    "AuthenticationFailed": 0x0100,
    "Unavailable": 0x1000,
    "Overloaded": 0x1001,
    "IsBootstrapping": 0x1002,
    "TruncateError": 0x1003,
    "WriteTimeout": 0x1100,
    "ReadTimeout": 0x1200,
    "ReadFailure": 0x1300,
    "FunctionFailure": 0x1400,
    "WriteFailure": 0x1500,
    "CasWriteUnknown": 0x1700,
    "SyntaxException": 0x2000,
    "Unauthorized": 0x2100,
    "InvalidRequest": 0x2200,
    "ConfigurationException": 0x2300,
    "AlreadyExists": 0x2400,
    "ConnectionFailed": None,
    "RequestTimeout": None,
}


def test_server_errors_are_numbered_as_the_protocol_numbers_them():
    assert {each.__name__: each.code for each in exceptions.BackendError.__subclasses__()} == CODES


def test_every_error_is_a_coodie_error_and_drawn_in_the_tree():
    """The docstring is the map that users look at."""
    classes = [
        each for _, each in inspect.getmembers(exceptions, inspect.isclass) if issubclass(each, Exception)
    ]

    assert all(issubclass(each, exceptions.CoodieError) for each in classes)
    assert [each.__name__ for each in classes if each.__name__ not in exceptions.__doc__] == []


@pytest.mark.parametrize(
    ("error", "builtin"),
    [(exceptions.InvalidModelError, TypeError), (exceptions.FieldNotLoaded, AttributeError)],
)
def test_errors_that_python_expects_are_of_its_kind_too(error, builtin):
    """A class that cannot be made is a TypeError; hasattr() asks for an AttributeError."""
    assert issubclass(error, builtin)


@pytest.mark.parametrize(
    "error",
    [
        exceptions.InvalidRequest("words"),
        exceptions.BackendError("words", 0x7777),
        exceptions.WriteTimeout("words", consistency="ONE", received=0, required=1, write_type="CAS"),
        exceptions.AlreadyExists("words", keyspace="ks", table="t"),
        exceptions.ConnectionFailed("words"),
    ],
)
@pytest.mark.parametrize("again", [copy.copy, lambda error: pickle.loads(pickle.dumps(error))])
def test_error_survives_copying_and_pickling(error, again):
    """A worker process reports it whole."""
    copied = again(error)

    assert type(copied) is type(error)
    assert (str(copied), copied.code, vars(copied)) == (str(error), error.code, vars(error))
