"""What a CQL server refuses, one class for each error code of the native protocol.

The message is spelt as the server spells it, where the error is raised; the fields are those that the protocol sends
beside the message. `coodie_memory` raises nothing else at its users, `UnsupportedCQL` (a `ServerError`) included.
"""

from ipaddress import IPv4Address, IPv6Address
from typing import ClassVar, TypeAlias

FailureReasons: TypeAlias = tuple[tuple[IPv4Address | IPv6Address, int], ...]
"""The replicas that failed, each with the code of its reason; version 5 of the protocol sends them."""


class CqlError(Exception):
    """An answer other than a result; `code` is the native protocol's, `message` the server's words."""

    code: ClassVar[int]

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class ServerError(CqlError):
    """Something unexpected went wrong inside the server."""

    code = 0x0000


class UnsupportedCQL(ServerError):
    """Valid CQL that this engine does not execute yet; the message names the clause."""


class ProtocolException(CqlError):
    """A message the native protocol does not allow."""

    code = 0x000A


class AuthenticationFailed(CqlError):
    """Wrong credentials, or none where some are needed."""

    code = 0x0100


class Unavailable(CqlError):
    """Fewer replicas are alive than the consistency level asks for; nothing was attempted."""

    code = 0x1000

    def __init__(self, message: str, *, consistency: str, required: int, alive: int) -> None:
        super().__init__(message)
        self.consistency, self.required, self.alive = consistency, required, alive


class Overloaded(CqlError):
    """The coordinator has too much to do."""

    code = 0x1001


class IsBootstrapping(CqlError):
    """The coordinator is still joining."""

    code = 0x1002


class TruncateError(CqlError):
    """A TRUNCATE failed."""

    code = 0x1003


class WriteTimeout(CqlError):
    """Too few replicas acknowledged in time; the write may still be applied."""

    code = 0x1100

    def __init__(
        self,
        message: str,
        *,
        consistency: str,
        received: int,
        required: int,
        write_type: str,
        contentions: int | None = None,
    ) -> None:
        super().__init__(message)
        self.consistency, self.received, self.required, self.write_type = (
            consistency,
            received,
            required,
            write_type,
        )
        self.contentions = contentions


class ReadTimeout(CqlError):
    """Too few replicas answered in time."""

    code = 0x1200

    def __init__(
        self, message: str, *, consistency: str, received: int, required: int, data_present: bool
    ) -> None:
        super().__init__(message)
        self.consistency, self.received, self.required = consistency, received, required
        self.data_present = data_present


class ReadFailure(CqlError):
    """Replicas failed while reading."""

    code = 0x1300

    def __init__(
        self,
        message: str,
        *,
        consistency: str,
        received: int,
        required: int,
        failures: int,
        data_present: bool,
        reasons: FailureReasons = (),
    ) -> None:
        super().__init__(message)
        self.consistency, self.received, self.required = consistency, received, required
        self.failures, self.data_present, self.reasons = failures, data_present, reasons


class FunctionFailure(CqlError):
    """A function failed on these values."""

    code = 0x1400

    def __init__(
        self, message: str, *, keyspace: str = "", function: str = "", argument_types: tuple[str, ...] = ()
    ) -> None:
        super().__init__(message)
        self.keyspace, self.function, self.argument_types = keyspace, function, argument_types


class WriteFailure(CqlError):
    """Replicas failed while writing."""

    code = 0x1500

    def __init__(
        self,
        message: str,
        *,
        consistency: str,
        received: int,
        required: int,
        failures: int,
        write_type: str,
        reasons: FailureReasons = (),
    ) -> None:
        super().__init__(message)
        self.consistency, self.received, self.required = consistency, received, required
        self.failures, self.write_type, self.reasons = failures, write_type, reasons


class CdcWriteFailure(CqlError):
    """There is no room for the change log."""

    code = 0x1600


class CasWriteUnknown(CqlError):
    """Whether a lightweight transaction was applied is not known."""

    code = 0x1700

    def __init__(self, message: str, *, consistency: str, received: int, required: int) -> None:
        super().__init__(message)
        self.consistency, self.received, self.required = consistency, received, required


class SyntaxException(CqlError):
    """The text is not CQL."""

    code = 0x2000


class Unauthorized(CqlError):
    """The role lacks the permission."""

    code = 0x2100


class InvalidRequest(CqlError):
    """The text is CQL, and this schema or these values do not allow it."""

    code = 0x2200


class ConfigurationException(CqlError):
    """An option has a value that the server does not take."""

    code = 0x2300


class AlreadyExists(CqlError):
    """CREATE of a keyspace or table that exists; `table` is empty for a keyspace."""

    code = 0x2400

    def __init__(self, message: str, *, keyspace: str, table: str = "") -> None:
        super().__init__(message)
        self.keyspace, self.table = keyspace, table


class Unprepared(CqlError):
    """EXECUTE of an id that the server does not know (any more)."""

    code = 0x2500

    def __init__(self, message: str, *, statement_id: bytes) -> None:
        super().__init__(message)
        self.statement_id = statement_id
