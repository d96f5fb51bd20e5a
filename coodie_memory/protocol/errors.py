"""The bodies of ERROR: code, message, and the fields that some codes have beside it.

Where a client's version does not know a code, the server tells what it does know.
"""

from collections.abc import Callable
from typing import Final

from coodie_memory import errors
from coodie_memory.errors import CqlError
from coodie_memory.protocol.primitives import (
    Address,
    Reader,
    byte,
    consistency,
    inetaddr,
    int_,
    short,
    short_bytes,
    string,
    strings,
)

_SERVER_NAMES: Final = {
    errors.FunctionFailure.code: "FUNCTION_FAILURE",
    errors.CdcWriteFailure.code: "CDC_WRITE_FAILURE",
}
_PLAIN: Final[dict[int, type[CqlError]]] = {
    kind.code: kind
    for kind in (
        errors.ServerError, errors.ProtocolException, errors.AuthenticationFailed, errors.Overloaded,
        errors.IsBootstrapping, errors.TruncateError, errors.CdcWriteFailure, errors.SyntaxException,
        errors.Unauthorized, errors.InvalidRequest, errors.ConfigurationException,
    )
}  # fmt: skip


def encode(error: CqlError, version: int) -> bytes:
    """The body, as a client of this version understands it."""
    error = _known_to(error, version)
    return int_(error.code) + string(error.message) + _fields(error, version)


def _known_to(error: CqlError, version: int) -> CqlError:
    match error:
        case errors.ReadFailure() if version < 4:
            return errors.ReadTimeout(
                error.message,
                consistency=error.consistency,
                received=error.received,
                required=error.required,
                data_present=error.data_present,
            )
        case errors.WriteFailure() if version < 4:
            return _write_timeout(error, error.write_type)
        case errors.FunctionFailure() | errors.CdcWriteFailure() if version < 4:
            return errors.InvalidRequest(f"ERROR {_SERVER_NAMES[error.code]}: {error.message}")
        case errors.CasWriteUnknown() if version < 5:
            return _write_timeout(error, "CAS")
        case _:
            return error


def _write_timeout(error: errors.WriteFailure | errors.CasWriteUnknown, write_type: str) -> CqlError:
    return errors.WriteTimeout(
        error.message,
        consistency=error.consistency,
        received=error.received,
        required=error.required,
        write_type=write_type,
    )


def _fields(error: CqlError, version: int) -> bytes:
    match error:
        case errors.Unavailable():
            return consistency(error.consistency) + int_(error.required) + int_(error.alive)
        case errors.WriteTimeout():
            contended = version >= 5 and error.write_type == "CAS" and error.contentions is not None
            contentions = short(error.contentions) if contended else b""
            return _counts(error) + string(error.write_type) + contentions
        case errors.ReadTimeout():
            return _counts(error) + byte(error.data_present)
        case errors.ReadFailure():
            return _counts(error) + _failures(error, version) + byte(error.data_present)
        case errors.WriteFailure():
            return _counts(error) + _failures(error, version) + string(error.write_type)
        case errors.CasWriteUnknown():
            return _counts(error)
        case errors.FunctionFailure():
            return string(error.keyspace) + string(error.function) + strings(error.argument_types)
        case errors.AlreadyExists():
            return string(error.keyspace) + string(error.table)
        case errors.Unprepared():
            return short_bytes(error.statement_id)
        case _:
            return b""


def _counts(
    error: errors.WriteTimeout
    | errors.ReadTimeout
    | errors.ReadFailure
    | errors.WriteFailure
    | errors.CasWriteUnknown,
) -> bytes:
    return consistency(error.consistency) + int_(error.received) + int_(error.required)


def _failures(error: errors.ReadFailure | errors.WriteFailure, version: int) -> bytes:
    # Version 5 counts the reasons; a failure whose replica is not known cannot be told there.
    if version < 5:
        return int_(error.failures)
    return int_(len(error.reasons)) + b"".join(
        inetaddr(address) + short(reason) for address, reason in error.reasons
    )


def decode(body: Reader, version: int) -> CqlError:
    """The error that the server raised."""
    code, message = body.int_(), body.string()
    if code in _PLAIN:
        return _PLAIN[code](message)
    if code in _DECODERS:
        return _DECODERS[code](message, body, version)
    raise errors.ProtocolException(f"Unknown error code {code}")


def _unavailable(message: str, body: Reader, _version: int) -> CqlError:
    return errors.Unavailable(
        message, consistency=body.consistency(), required=body.int_(), alive=body.int_()
    )


def _write_timed_out(message: str, body: Reader, version: int) -> CqlError:
    level, received, required, write_type = body.consistency(), body.int_(), body.int_(), body.string()
    return errors.WriteTimeout(
        message,
        consistency=level,
        received=received,
        required=required,
        write_type=write_type,
        contentions=body.short() if version >= 5 and write_type == "CAS" and body.rest else None,
    )


def _read_timed_out(message: str, body: Reader, _version: int) -> CqlError:
    return errors.ReadTimeout(
        message,
        consistency=body.consistency(),
        received=body.int_(),
        required=body.int_(),
        data_present=body.byte() != 0,
    )


def _read_failed(message: str, body: Reader, version: int) -> CqlError:
    level, received, required = body.consistency(), body.int_(), body.int_()
    failures, reasons = _reasons(body, version)
    return errors.ReadFailure(
        message,
        consistency=level,
        received=received,
        required=required,
        failures=failures,
        data_present=body.byte() != 0,
        reasons=reasons,
    )


def _write_failed(message: str, body: Reader, version: int) -> CqlError:
    level, received, required = body.consistency(), body.int_(), body.int_()
    failures, reasons = _reasons(body, version)
    return errors.WriteFailure(
        message,
        consistency=level,
        received=received,
        required=required,
        failures=failures,
        write_type=body.string(),
        reasons=reasons,
    )


def _reasons(body: Reader, version: int) -> tuple[int, errors.FailureReasons]:
    count = body.int_()

    def reason() -> tuple[Address, int]:
        return body.inetaddr(), body.short()

    return count, tuple(reason() for _ in range(count)) if version >= 5 else ()


def _cas_unknown(message: str, body: Reader, _version: int) -> CqlError:
    return errors.CasWriteUnknown(
        message, consistency=body.consistency(), received=body.int_(), required=body.int_()
    )


def _function_failed(message: str, body: Reader, _version: int) -> CqlError:
    return errors.FunctionFailure(
        message, keyspace=body.string(), function=body.string(), argument_types=body.strings()
    )


def _already_exists(message: str, body: Reader, _version: int) -> CqlError:
    return errors.AlreadyExists(message, keyspace=body.string(), table=body.string())


def _unprepared(message: str, body: Reader, _version: int) -> CqlError:
    return errors.Unprepared(message, statement_id=body.short_bytes())


_DECODERS: Final[dict[int, Callable[[str, Reader, int], CqlError]]] = {
    errors.Unavailable.code: _unavailable,
    errors.WriteTimeout.code: _write_timed_out,
    errors.ReadTimeout.code: _read_timed_out,
    errors.ReadFailure.code: _read_failed,
    errors.WriteFailure.code: _write_failed,
    errors.CasWriteUnknown.code: _cas_unknown,
    errors.FunctionFailure.code: _function_failed,
    errors.AlreadyExists.code: _already_exists,
    errors.Unprepared.code: _unprepared,
}
