"""A pydantic model with a table: its schema, what of it is loaded, what was assigned, and how it changes.

A field is loaded if the instance has it: `only()` makes instances without the others, whose reading raises
`FieldNotLoaded` and which `save()` leaves alone. Assignments since load or save are remembered by name.
"""

import sys
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeVar, cast, dataclass_transform

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, PydanticUndefinedAnnotation, ValidationError

# pydantic documents no other way to a metaclass of its models than to inherit from theirs.
from pydantic._internal._model_construction import ModelMetaclass

from coodie.assignments import Assignment, applied, checked
from coodie.exceptions import FieldNotLoaded, InvalidModelError, InvalidQueryError
from coodie.expressions import Expression, unknown
from coodie.schema import Column, TableKind, TableSchema, table_schema, together
from coodie.settings import Abstract

D = TypeVar("D", bound="DocumentBase")


# Type checkers look for this at the metaclass itself: without it, a document could be made of anything.
@dataclass_transform(kw_only_default=True, field_specifiers=(Field, PrivateAttr))
class DocumentMeta(ModelMetaclass):
    """Makes `Task.priority` an `Expression`."""

    if not TYPE_CHECKING:  # to type checkers, `Task.priority` is what a task has there

        def __getattr__(cls, name: str) -> Any:  # noqa: N805  # a metaclass's instance is a class
            # While pydantic makes a subclass, it asks the parents for defaults: it must see what it left there.
            asker = sys._getframe(1).f_globals.get("__name__")  # noqa: SLF001  # there is no other way to know
            if name.startswith("_") or str(asker).startswith("pydantic."):
                return super().__getattr__(name)
            fields = cls.__dict__.get("__pydantic_fields__", ())
            if name in fields and not is_abstract(cls):
                return Expression(schema_of(cls).by_field[name])
            try:
                return super().__getattr__(name)
            except AttributeError:
                message = str(unknown(f"{cls.__name__} has no field or method {name!r}", name, fields))
                raise AttributeError(message, name=name, obj=cls) from None


class DocumentBase(BaseModel, metaclass=DocumentMeta):
    """What documents of both faces are."""

    # Which fields were assigned since load or save; unset on an instance that no row is known of.
    __slots__ = ("__coodie_assigned__",)

    model_config = ConfigDict(populate_by_name=True)

    __table_kind__: ClassVar[TableKind] = TableKind.TABLE
    __table_schema__: ClassVar[TableSchema]

    Settings: ClassVar[type[Any]] = Abstract
    """Which table, keyspace and connection; inherited key by key."""

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        """Check the table as soon as the fields are known; a class with forward references waits for its first use."""
        super().__pydantic_init_subclass__(**kwargs)
        if cls.__pydantic_complete__ and not is_abstract(cls):
            schema = schema_of(cls)
            if schema.discriminator is not None and schema.discriminator_value is not None:
                # A document of this class is of this class: it need not, and should not, be told.
                default = schema.discriminator.read(schema.discriminator_value)
                cls.__pydantic_fields__[schema.discriminator.field].default = default
                cls.model_rebuild(force=True)

    @classmethod
    def table_name(cls) -> str:
        """Its table's name, without the keyspace."""
        return schema_of(cls).table

    @classmethod
    def __connection__(cls) -> str | None:
        """The name of its connection; None for the default one."""
        schema: TableSchema | None = cls.__dict__.get("__table_schema__")  # asked with every call of a method
        return schema_of(cls).connection if schema is None else schema.connection

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """As pydantic's; what is updated counts as assigned."""
        copy = super().model_copy(update=update, deep=deep)
        names = assigned_names(copy)
        if update and names is not None:
            names.update(update)
        return copy

    if not TYPE_CHECKING:  # a type checker is to see the fields, and nothing beside them

        def __getattr__(self, name: str) -> Any:
            if name in type(self).__pydantic_fields__:
                raise FieldNotLoaded(
                    f"{type(self).__name__}.{name} was not loaded: only() or defer() left it out; refresh() loads it"
                )
            return super().__getattr__(name)

        def __setattr__(self, name: str, value: Any) -> None:
            super().__setattr__(name, value)
            assigned = assigned_names(self)
            if assigned is not None:
                assigned.add(name)

        def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:
            # A computed field may ask for what was not loaded; a document has to be shown all the same.
            computed = type(self).__pydantic_decorators__.computed_fields
            if len(self.__dict__) >= len(type(self).__pydantic_fields__) or not computed:
                yield from super().__repr_args__()
                return
            for name, info in type(self).__pydantic_fields__.items():
                if info.repr and name in self.__dict__:
                    yield name, self.__dict__[name]
            for name, decorator in computed.items():
                if decorator.info.repr and (value := getattr(self, name, self)) is not self:
                    yield name, value

        # pydantic copies and pickles what it knows of; what was assigned goes along.

        def __copy__(self) -> Self:
            return _with_assigned(super().__copy__(), assigned_names(self))

        def __deepcopy__(self, memo: dict[int, Any] | None = None) -> Self:
            return _with_assigned(super().__deepcopy__(memo), assigned_names(self))

        def __getstate__(self) -> dict[Any, Any]:
            return {**super().__getstate__(), "__coodie_assigned__": assigned_names(self)}

        def __setstate__(self, state: dict[Any, Any]) -> None:
            super().__setstate__(state)
            _with_assigned(self, state["__coodie_assigned__"])


ASSIGNED = cast("Any", DocumentBase.__dict__["__coodie_assigned__"])
"""The slot of what was assigned, for who makes documents of rows or saves them."""


def is_abstract(model: type[BaseModel]) -> bool:
    """A class without a table of its own: marked so, or still open in a type parameter."""
    own = model.__dict__.get("Settings")
    said = own is not None and own.__dict__.get("__abstract__", False)
    return bool(said or model.__pydantic_generic_metadata__["parameters"])


def schema_of(model: type[DocumentBase]) -> TableSchema:
    """The table that a class stands for."""
    try:
        schema: TableSchema = model.__dict__["__table_schema__"]
    except KeyError:
        model.__table_schema__ = schema = _made_schema(model)
    return schema


def _made_schema(model: type[DocumentBase]) -> TableSchema:
    if is_abstract(model):
        raise InvalidModelError(f"{model.__name__} is abstract: it has no table; use a subclass")
    if not model.__pydantic_complete__:
        try:
            model.model_rebuild()
        except PydanticUndefinedAnnotation as error:
            raise InvalidModelError(
                f"{model.__name__} mentions {error.name}, which is not defined yet; "
                f"define it before the class is used, or call {model.__name__}.model_rebuild() where it is known"
            ) from error
    if not model.model_config.get("populate_by_name"):
        raise InvalidModelError(
            f"{model.__name__}: rows are read by field name; leave populate_by_name switched on"
        )
    _check_names(model)
    return table_schema(model, model.__table_kind__)


def _check_names(model: type[DocumentBase]) -> None:
    """Refuse a field that would hide a method of documents: `task.update(…)` would call the field's value."""
    ours = [each for each in model.__mro__ if each.__module__.partition(".")[0] == __package__]
    for name in model.__pydantic_fields__:
        if any(name in vars(each) for each in ours):
            raise InvalidModelError(
                f"{model.__name__}.{name}: documents have a method of that name; give the attribute another one "
                f"and keep the column: Annotated[…, Column({name!r})]"
            )


def family(model: type[DocumentBase]) -> tuple[type[DocumentBase], ...]:
    """A class and its subclasses, without the abstract ones."""
    below = tuple(each for child in model.__subclasses__() for each in family(child))
    return below if is_abstract(model) else (model, *below)


def root(model: type[DocumentBase]) -> type[DocumentBase]:
    """The class at the top of a polymorphic family: the first with the discriminator; else the class itself."""
    discriminator = schema_of(model).discriminator
    above = [each for each in model.__mro__ if issubclass(each, DocumentBase) and not is_abstract(each)]
    return next(
        (each for each in reversed(above) if discriminator and discriminator.field in each.model_fields),
        model,
    )


def table_of(model: type[DocumentBase]) -> TableSchema:
    """The whole table: of a polymorphic family, with the columns of all its classes."""
    if schema_of(model).discriminator is None:
        return schema_of(model)
    return together([schema_of(each) for each in family(root(model))])


def readable(model: type[DocumentBase]) -> tuple[Column, ...]:
    """The columns to read for documents of this class or a subclass."""
    if schema_of(model).discriminator is None:
        return schema_of(model).columns
    return together([schema_of(each) for each in family(model)]).columns


# Changes


def changed(document: D, assignments: Iterable[Assignment]) -> D:
    """A copy after the changes, validated by pydantic; a collection that was not loaded stays so."""
    check_mutable(document)
    copy, wanted = document.model_copy(), tuple(assignments)
    changes = [each for each in wanted if each.column.field in document.__dict__ or each.replaces]
    for each in changes:
        coming = _coerced(each) if len(changes) > 1 else each
        name = each.column.field
        copy.__dict__[name] = applied(coming, copy.__dict__.get(name))
    # All are there before the first is validated: a model's validator is about fields together.
    for name in dict.fromkeys(each.column.field for each in changes):
        copy.__pydantic_validator__.validate_assignment(copy, name, copy.__dict__[name])
    return copy


def _coerced(assignment: Assignment) -> Assignment:
    """Of the field's type, if it can be; what cannot be is told by the validation of the document."""
    try:
        return checked(assignment)
    except ValidationError:
        return assignment


def take_over(document: D, copy: D, assignments: Iterable[Assignment]) -> None:
    """Put what the changes made of the copy into the document."""
    for column in (assignment.column for assignment in assignments):
        if column.field not in copy.__dict__:
            continue
        value = copy.__dict__[column.field]
        if column.codec.rounds and value is not None:
            value = column.read(column.bind(value))
        document.__dict__[column.field] = value
        document.__pydantic_fields_set__.add(column.field)


def check_mutable(document: DocumentBase) -> None:
    """Refuse to change what its class says is frozen: it may be a key of somebody's dict."""
    model = type(document)
    if model.model_config.get("frozen"):
        raise InvalidQueryError(
            f"{model.__name__} is frozen, so no document of it changes; {model.__name__}.find(…).update(…) changes "
            f"rows, and get() reads them again"
        )


def take_state(document: D, other: D) -> None:
    """Make the document hold what the other one does."""
    document.__dict__.clear()
    document.__dict__.update(other.__dict__)
    document.__pydantic_fields_set__.update(other.__pydantic_fields_set__)
    ASSIGNED.__set__(document, set())


def _with_assigned(document: D, names: set[str] | None) -> D:
    if names is not None:
        ASSIGNED.__set__(document, set(names))
    return document


def assigned_names(document: DocumentBase) -> set[str] | None:
    """Which fields were assigned since load or save; None, if it was never either."""
    try:
        return cast("set[str]", ASSIGNED.__get__(document))
    except AttributeError:
        return None
