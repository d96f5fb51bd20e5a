"""What the plan of a statement about roles is: a function from one `Roles` to the next, or to rows."""

from collections.abc import Callable, Sequence

from coodie_memory.plan.nodes import Moment
from coodie_memory.plan.roles.standing import Standing
from coodie_memory.result import ColumnSpec, Metadata, Raw
from coodie_memory.schema.roles import Roles
from coodie_memory.types.base import CqlType
from coodie_memory.value import Value


class RoleOutcome(Value):
    """The roles that are wanted, and what to tell about it."""

    roles: Roles
    warnings: tuple[str, ...] = ()


class RoleChange(Value):
    """The plan of a statement that changes roles; `apply` refuses what is not allowed and changes nothing itself."""

    apply: Callable[[Standing, Moment], RoleOutcome]


class RoleListing(Value):
    """The plan of a statement that lists; `rows` are in wire bytes, None where there is nothing to tell."""

    metadata: Metadata
    rows: Callable[[Standing], Sequence[tuple[Raw, ...]] | None]

    def without_last_column(self) -> "RoleListing":
        """The same listing less a column."""
        rows = self.rows

        def shorter(standing: Standing) -> Sequence[tuple[Raw, ...]] | None:
            found = rows(standing)
            return None if found is None else [row[:-1] for row in found]

        return RoleListing(Metadata(self.metadata.columns[:-1]), shorter)


def columns(table: str, **types: CqlType) -> Metadata:
    """The columns of a listing, which the server ascribes to a table."""
    return Metadata([ColumnSpec("system_auth", table, name, kind) for name, kind in types.items()])
