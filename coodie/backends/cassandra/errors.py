"""What the driver raises → `coodie.exceptions`, with the server's own words and the same fields.

The driver has three ways to report a server's error: an exception of its own with the server's message inside its
text, the protocol message itself, and `NoHostAvailable` around one of these for each host.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import cassandra
from cassandra import ConsistencyLevel, protocol
from cassandra.cluster import NoHostAvailable
from cassandra.connection import ConnectionException
from cassandra.policies import WriteType

from coodie import exceptions

_SERVER_WORDS = re.compile(r'code=[0-9a-f]{4} \[[^]]*\] message="(.*)"(?: info=\{.*\})?>?$', re.DOTALL)
_CAS_WRITE_UNKNOWN = 0x1700

_BY_CODE: Mapping[int, type[exceptions.BackendError]] = {
    error.code: error
    for error in (
        exceptions.ServerError,
        exceptions.ProtocolError,
        exceptions.AuthenticationFailed,
        exceptions.Overloaded,
        exceptions.IsBootstrapping,
        exceptions.TruncateError,
        exceptions.SyntaxException,
        exceptions.Unauthorized,
        exceptions.InvalidRequest,
        exceptions.ConfigurationException,
    )
    if error.code is not None
}

_COORDINATOR = {
    "consistency": "consistency",
    "received": "received_responses",
    "required": "required_responses",
}
_READ = {**_COORDINATOR, "data_present": "data_retrieved"}
_WRITE = {**_COORDINATOR, "write_type": "write_type"}
_FAILURES = {"failures": "failures"}

_EXCEPTIONS: tuple[tuple[type[Exception], Callable[..., exceptions.BackendError], Mapping[str, str]], ...] = (
    (
        cassandra.Unavailable,
        exceptions.Unavailable,
        {"consistency": "consistency", "required": "required_replicas", "alive": "alive_replicas"},
    ),
    (cassandra.ReadTimeout, exceptions.ReadTimeout, _READ),
    (cassandra.WriteTimeout, exceptions.WriteTimeout, _WRITE),
    (cassandra.ReadFailure, exceptions.ReadFailure, {**_READ, **_FAILURES}),
    (cassandra.WriteFailure, exceptions.WriteFailure, {**_WRITE, **_FAILURES}),
    (
        cassandra.FunctionFailure,
        exceptions.FunctionFailure,
        {"keyspace": "keyspace", "function": "function", "argument_types": "arg_types"},
    ),
    (cassandra.InvalidRequest, exceptions.InvalidRequest, {}),
    (cassandra.Unauthorized, exceptions.Unauthorized, {}),
    (cassandra.AuthenticationFailed, exceptions.AuthenticationFailed, {}),
)
"""The driver's exception, ours, and each field of ours with the driver's name for it."""

if _CAS_WRITE_UNKNOWN not in protocol.error_classes:

    class CasWriteUnknownMessage(protocol.ErrorMessageSub):  # type: ignore[misc]  # the driver is untyped
        """The driver knows no such code and would leave the fields unread; defining the class registers it."""

        summary = "CAS write result unknown"
        error_code = _CAS_WRITE_UNKNOWN

        @staticmethod
        def recv_error_info(f: Any, _protocol_version: int) -> dict[str, Any]:
            """The fields that follow the message on the wire."""
            return {
                "consistency": protocol.read_consistency_level(f),
                "received": protocol.read_int(f),
                "required": protocol.read_int(f),
            }


@contextmanager
def translated() -> Iterator[None]:
    """Whatever the driver raises inside leaves as a `CoodieError` whose `__cause__` it is."""
    try:
        yield
    except exceptions.CoodieError:
        raise
    except Exception as error:
        raise coodie_error(error) from error


def coodie_error(error: Exception) -> exceptions.BackendError:
    """The same error in coodie's words."""
    match error:
        case NoHostAvailable():
            return _no_host(error)
        case protocol.ErrorMessage():
            return _from_message(error)
        case cassandra.AlreadyExists():
            return _already_exists(error.keyspace or "", error.table or "")
        case cassandra.OperationTimedOut():
            return exceptions.RequestTimeout(f"no answer in time: {error}")
        case cassandra.UnresolvableContactPoints():
            return exceptions.ConnectionFailed("none of the hosts has a name that resolves to an address")
        case ConnectionException() | OSError():
            return exceptions.ConnectionFailed(str(error))
        case _:
            return _from_exception(error)


def _from_exception(error: Exception) -> exceptions.BackendError:
    """An exception that the driver made of a server's answer, field by field."""
    for theirs, ours, fields in _EXCEPTIONS:
        if isinstance(error, theirs):
            values = {field: _field(field, getattr(error, name)) for field, name in fields.items()}
            return ours(_words(error), **values)
    return exceptions.BackendError(f"{type(error).__name__}: {error}")


def _from_message(error: Any) -> exceptions.BackendError:
    """A protocol message that has an exception of the driver's own is seen as that; the others by their code."""
    if isinstance(error, protocol.AlreadyExistsException):
        # Here the server's message is still there; the driver's exception has lost it.
        return exceptions.AlreadyExists(
            error.message, keyspace=error.info["keyspace"], table=error.info["table"]
        )
    raised = error.to_exception()
    if raised is not error:
        return coodie_error(raised)
    if error.code == _CAS_WRITE_UNKNOWN and error.info:
        return exceptions.CasWriteUnknown(
            error.message,
            consistency=_field("consistency", error.info["consistency"]),
            received=error.info["received"],
            required=error.info["required"],
        )
    known = _BY_CODE.get(error.code)
    return exceptions.BackendError(error.message, error.code) if known is None else known(error.message)


def _no_host(error: Any) -> exceptions.BackendError:
    """A server's error that the driver met on every host it tried is that error; else no host answers."""
    # Where no host was even tried, the driver gives their addresses alone.
    by_host = error.errors if isinstance(error.errors, Mapping) else dict.fromkeys(error.errors or (), error)
    answers = list(by_host.values())
    if answers and all(isinstance(answer, _SERVER_ANSWERS) for answer in answers):
        return coodie_error(answers[-1])
    reasons = [str(host) if reason is error else f"{host}: {reason}" for host, reason in by_host.items()]
    return exceptions.ConnectionFailed(
        "; ".join((str(error.args[0]), *reasons)),
        errors={str(host): reason for host, reason in by_host.items()},
    )


_SERVER_ANSWERS = (
    protocol.ErrorMessage,
    cassandra.AuthenticationFailed,
    cassandra.RequestExecutionException,
    cassandra.RequestValidationException,
)


def _already_exists(keyspace: str, table: str) -> exceptions.AlreadyExists:
    """The driver drops the server's message and keeps the names; both servers spell it so."""
    message = (
        f'Cannot add already existing table "{table}" to keyspace "{keyspace}"'
        if table
        else f'Cannot add existing keyspace "{keyspace}"'
    )
    return exceptions.AlreadyExists(message, keyspace=keyspace, table=table)


def _field(name: str, value: Any) -> Any:
    """A field's value: the driver numbers what the protocol and we name."""
    match name:
        case "consistency":
            return ConsistencyLevel.value_to_name[value]
        case "write_type":
            return WriteType.value_to_name[value]
        case "argument_types":
            return tuple(value)
        case _:
            return value


def _words(error: Exception) -> str:
    """The server's message out of the driver's text."""
    text = str(error)
    found = _SERVER_WORDS.search(text)
    return found[1] if found else text
