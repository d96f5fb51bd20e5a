"""Everything coodie raises on purpose; the same class with the same fields on every backend.

    CoodieError
    ├── DocumentNotFound            get() matched no row
    ├── MultipleDocumentsFound      one row was asked for, there are more
    ├── ConfigurationError          a connection or an option that does not exist or does not fit
    ├── InvalidQueryError           refused here, before any I/O
    ├── InvalidModelError           a model class CQL cannot hold (also a TypeError)
    ├── FieldNotLoaded              a field that only() or defer() left out (also an AttributeError)
    ├── MigrationError              a migration that cannot be planned or applied
    ├── InsertManyError             some rows of insert_many() were not written; errors, by their place
    └── BackendError                message and code
        ├── ServerError             0x0000      ├── CasWriteUnknown         0x1700
        ├── ProtocolError           0x000A      ├── SyntaxException         0x2000
        ├── AuthenticationFailed    0x0100      ├── Unauthorized            0x2100
        ├── Unavailable             0x1000      ├── InvalidRequest          0x2200
        ├── Overloaded              0x1001      ├── ConfigurationException  0x2300
        ├── IsBootstrapping         0x1002      ├── AlreadyExists           0x2400
        ├── TruncateError           0x1003      ├── ConnectionFailed        the client's: no host answers
        ├── WriteTimeout            0x1100      └── RequestTimeout          the client's: it gave up waiting
        ├── ReadTimeout             0x1200
        ├── ReadFailure             0x1300
        ├── FunctionFailure         0x1400
        └── WriteFailure            0x1500

Server errors are named and numbered as the native protocol does it. What a driver raised is kept as `__cause__`.
A missing optional dependency is a plain `ImportError`; a failed lightweight transaction is no error.
"""

from collections.abc import Mapping
from typing import Any


class CoodieError(Exception):
    """The root: catches whatever coodie raises on purpose."""


class DocumentNotFound(CoodieError):
    """No row has the key that was asked for; the message names it."""


class MultipleDocumentsFound(CoodieError):
    """One row was asked for and more than one matches."""


class ConfigurationError(CoodieError):
    """A connection or option that does not exist or does not fit; the message says what there is."""


class InvalidQueryError(CoodieError):
    """Refused before any I/O, in words of the model; the message names the value and the way out."""


class InvalidModelError(CoodieError, TypeError):
    """A model class that CQL cannot hold, found when the class is made; names class and field."""


class FieldNotLoaded(CoodieError, AttributeError):
    """Reading a field that `only()` or `defer()` left out of the load."""


class MigrationError(CoodieError):
    """A migration that cannot be planned or applied."""


class InsertManyError(CoodieError):
    """Some rows of `insert_many()` were not written, all others were; `errors` says why, by place in the input."""

    def __init__(self, errors: Mapping[int, Exception], count: int) -> None:
        first = min(errors)
        super().__init__(
            f"{len(errors)} of {count} rows were not written; the first is row {first}: {errors[first]}"
        )
        self.errors = dict(errors)
        self.count = count

    def __reduce__(self) -> tuple[Any, ...]:
        return InsertManyError, (self.errors, self.count)


class BackendError(CoodieError):
    """What the other side answered instead of a result; `code` is the native protocol's, None if no server spoke."""

    code: int | None = None

    def __init__(self, message: str, code: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        if code is not None:
            self.code = code

    def __reduce__(self) -> tuple[Any, ...]:
        """Fields are keyword-only, which Python's own way of pickling exceptions does not know."""
        return _revived, (type(self), self.args, vars(self))


class ServerError(BackendError):
    """Something unexpected went wrong inside the server."""

    code = 0x0000


class ProtocolError(BackendError):
    """A message that the native protocol does not allow."""

    code = 0x000A


class AuthenticationFailed(BackendError):
    """Wrong credentials, or none where some are needed."""

    code = 0x0100


class Unavailable(BackendError):
    """Fewer replicas are alive than the consistency level asks for; nothing was attempted."""

    code = 0x1000

    def __init__(self, message: str, *, consistency: str, required: int, alive: int) -> None:
        super().__init__(message)
        self.consistency, self.required, self.alive = consistency, required, alive


class Overloaded(BackendError):
    """The coordinator has too much to do."""

    code = 0x1001


class IsBootstrapping(BackendError):
    """The coordinator is still joining."""

    code = 0x1002


class TruncateError(BackendError):
    """A TRUNCATE failed."""

    code = 0x1003


class WriteTimeout(BackendError):
    """Too few replicas acknowledged in time; the write may still be applied."""

    code = 0x1100

    def __init__(
        self, message: str, *, consistency: str, received: int, required: int, write_type: str
    ) -> None:
        super().__init__(message)
        self.consistency, self.received, self.required = consistency, received, required
        self.write_type = write_type


class ReadTimeout(BackendError):
    """Too few replicas answered in time."""

    code = 0x1200

    def __init__(
        self, message: str, *, consistency: str, received: int, required: int, data_present: bool
    ) -> None:
        super().__init__(message)
        self.consistency, self.received, self.required = consistency, received, required
        self.data_present = data_present


class ReadFailure(BackendError):
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
    ) -> None:
        super().__init__(message)
        self.consistency, self.received, self.required = consistency, received, required
        self.failures, self.data_present = failures, data_present


class FunctionFailure(BackendError):
    """A function failed on these values."""

    code = 0x1400

    def __init__(
        self, message: str, *, keyspace: str = "", function: str = "", argument_types: tuple[str, ...] = ()
    ) -> None:
        super().__init__(message)
        self.keyspace, self.function, self.argument_types = keyspace, function, argument_types


class WriteFailure(BackendError):
    """Replicas failed while writing."""

    code = 0x1500

    def __init__(
        self, message: str, *, consistency: str, received: int, required: int, failures: int, write_type: str
    ) -> None:
        super().__init__(message)
        self.consistency, self.received, self.required = consistency, received, required
        self.failures, self.write_type = failures, write_type


class CasWriteUnknown(BackendError):
    """Whether a lightweight transaction was applied is not known."""

    code = 0x1700

    def __init__(self, message: str, *, consistency: str, received: int, required: int) -> None:
        super().__init__(message)
        self.consistency, self.received, self.required = consistency, received, required


class SyntaxException(BackendError):
    """The text is not CQL."""

    code = 0x2000


class Unauthorized(BackendError):
    """The role lacks the permission."""

    code = 0x2100


class InvalidRequest(BackendError):
    """The text is CQL, and this schema or these values do not allow it."""

    code = 0x2200


class ConfigurationException(BackendError):
    """An option has a value that the server does not take."""

    code = 0x2300


class AlreadyExists(BackendError):
    """CREATE of a keyspace or table that exists; `table` is empty for a keyspace."""

    code = 0x2400

    def __init__(self, message: str, *, keyspace: str, table: str = "") -> None:
        super().__init__(message)
        self.keyspace, self.table = keyspace, table


class ConnectionFailed(BackendError):
    """No host answers; `errors` holds what each of them failed with, by address."""

    def __init__(self, message: str, *, errors: Mapping[str, Exception] | None = None) -> None:
        super().__init__(message)
        self.errors = dict(errors or {})


class RequestTimeout(BackendError):
    """The client gave up waiting; whether a write was applied is not known."""


def _revived(kind: type[Exception], args: tuple[Any, ...], fields: dict[str, Any]) -> Exception:
    error = kind.__new__(kind, *args)
    error.__dict__.update(fields)
    return error
