"""Service levels (Scylla)."""

from coodie_memory.cql.ast.schema import Property
from coodie_memory.value import Value


class CreateServiceLevel(Value, kw_only=True):
    """`CREATE SERVICE LEVEL level [WITH …]`."""

    level: str
    properties: tuple[Property, ...] = ()
    if_not_exists: bool = False


class AlterServiceLevel(Value, kw_only=True):
    """`ALTER SERVICE LEVEL level WITH …`."""

    level: str
    properties: tuple[Property, ...]


class DropServiceLevel(Value, kw_only=True):
    """`DROP SERVICE LEVEL level`."""

    level: str
    if_exists: bool = False


class AttachServiceLevel(Value):
    """`ATTACH SERVICE LEVEL level TO role`."""

    level: str
    role: str


class DetachServiceLevel(Value):
    """`DETACH SERVICE LEVEL FROM role`."""

    role: str


class ListServiceLevels(Value):
    """`LIST SERVICE LEVEL level`; None is `LIST ALL SERVICE LEVELS`."""

    level: str | None


class ListAttachedServiceLevels(Value):
    """`LIST ATTACHED SERVICE LEVEL OF role`; None is `LIST ALL ATTACHED SERVICE LEVELS`."""

    role: str | None


class ListEffectiveServiceLevel(Value):
    """`LIST EFFECTIVE SERVICE LEVEL OF role`."""

    role: str
