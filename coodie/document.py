"""A pydantic model with a table: its schema, its rows in and out, what of it is loaded and what was assigned.

A field is loaded if the instance has it: `only()` makes instances without the others, whose reading raises
`FieldNotLoaded` and which `save()` leaves alone. Assignments since load or save are remembered by name.
"""

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeAlias, TypeVar, cast, dataclass_transform

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, PydanticUndefinedAnnotation, ValidationError

# pydantic documents no other way to a metaclass of its models than to inherit from theirs.
from pydantic._internal._model_construction import ModelMetaclass

from coodie.assignments import Assignment, applied, checked
from coodie.calculations import Selected, value_reader
from coodie.codecs import UNCONVERTIBLE, Convert
from coodie.exceptions import FieldNotLoaded, InvalidModelError, InvalidQueryError
from coodie.expressions import Expression, unknown
from coodie.schema import Abstract, Column, Kind, TableKind, TableSchema, table_schema, together
from coodie.statement import Row

D = TypeVar("D", bound="DocumentBase")
Read: TypeAlias = Callable[[Row], D]


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
        names = _assigned(copy)
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
            assigned = _assigned(self)
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
            return _with_assigned(super().__copy__(), _assigned(self))

        def __deepcopy__(self, memo: dict[int, Any] | None = None) -> Self:
            return _with_assigned(super().__deepcopy__(memo), _assigned(self))

        def __getstate__(self) -> dict[Any, Any]:
            return {**super().__getstate__(), "__coodie_assigned__": _assigned(self)}

        def __setstate__(self, state: dict[Any, Any]) -> None:
            super().__setstate__(state)
            _with_assigned(self, state["__coodie_assigned__"])


_ASSIGNED = cast("Any", DocumentBase.__dict__["__coodie_assigned__"])


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


# Rows in


def reader(model: type[D], columns: tuple[Column, ...], *, validate: bool = True) -> Read[D]:
    """What makes a document of a row with these columns.

    Rows with all columns pass through pydantic, unless told not to; a partial one cannot. A partition that holds static
    values only comes as a row without a clustering key, and is a partial one. In a polymorphic table, the row says which
    subclass it is of.
    """
    discriminator = schema_of(model).discriminator
    if discriminator is None:
        return _reader(model, columns, validate)
    place = [column.name for column in columns].index(discriminator.name)
    own = _part_reader(model, columns, validate=validate)
    of: dict[str | None, type[DocumentBase]] = {}
    for each in family(model):
        value = schema_of(each).discriminator_value
        # A class that inherits its parent's value is told apart by nobody: the rows are the parent's.
        if value not in of or not issubclass(each, of[value]):
            of[value] = each
    readers = {
        value: _part_reader(cast("type[D]", each), columns, validate=validate) for value, each in of.items()
    }

    def read(row: Row) -> D:
        return readers.get(row[place], own)(row)

    return read


def _part_reader(model: type[D], columns: tuple[Column, ...], *, validate: bool) -> Read[D]:
    """A reader that passes over the columns of other classes."""
    there = schema_of(model).by_name
    places = [place for place, column in enumerate(columns) if column.name in there]
    read = _reader(model, tuple(there[columns[place].name] for place in places), validate)
    return lambda row: read(tuple([row[place] for place in places]))


@lru_cache(maxsize=1024)
def _reader(model: type[D], columns: tuple[Column, ...], validate: bool) -> Read[D]:  # noqa: FBT001  # cached
    schema = schema_of(model)
    names = tuple(column.field for column in columns)
    decoders = tuple(
        (column.field, column.codec.decode) for column in columns if column.codec.decode is not None
    )
    empties = tuple(_empties(model, columns))
    whole = len(columns) == len(schema.columns)
    part = _constructed(model)
    make = model.__pydantic_validator__.validate_python if validate and whole else part
    clustering = next((column.field for column in columns if column.kind is Kind.CLUSTERING), None)
    of_partition = {column.field for column in columns if column.kind in (Kind.PARTITION_KEY, Kind.STATIC)}

    def read(row: Row) -> D:
        values = dict(zip(names, row, strict=True))
        for name, decode in decoders:
            if values[name] is not None:
                values[name] = decode(values[name])
        if None in row:
            for name, empty in empties:
                if values[name] is None:
                    values[name] = empty(values)
            if clustering is not None and values[clustering] is None:
                document = part({name: value for name, value in values.items() if name in of_partition})
                _ASSIGNED.__set__(document, set())
                return document
        document = make(values)
        _ASSIGNED.__set__(document, set())
        return document

    return read


@lru_cache(maxsize=1024)
def tuple_reader(columns: tuple[Selected, ...]) -> Callable[[Row], tuple[Any, ...]]:
    """What makes a tuple of the values of a row that starts with these."""
    readers = tuple(map(value_reader, columns))

    def read(row: Row) -> tuple[Any, ...]:
        return tuple([value(each) for value, each in zip(readers, row, strict=False)])

    return read


@lru_cache(maxsize=1024)
def first_reader(columns: tuple[Selected, ...]) -> Callable[[Row], Any]:
    """What makes a value of the first place of a row that starts with these."""
    read = value_reader(columns[0])
    return lambda row: read(row[0])


@lru_cache(maxsize=1024)
def dict_reader(columns: tuple[Selected, ...]) -> Callable[[Row], dict[str, Any]]:
    """What makes a dict, by field, of the values of a row that starts with these."""
    readers = tuple(
        (each.field if isinstance(each, Column) else each.name, value_reader(each)) for each in columns
    )

    def read(row: Row) -> dict[str, Any]:
        return {name: value(each) for (name, value), each in zip(readers, row, strict=False)}

    return read


def _empties(model: type[DocumentBase], columns: Iterable[Column]) -> Iterator[tuple[str, Convert]]:
    """What a null reads as where the field allows no None, given the row: an empty collection, or the default."""
    for column in columns:
        info = model.__pydantic_fields__[column.field]
        if column.optional:
            continue
        if column.empty is not None:
            yield column.field, _making(column.empty)
        elif column.is_counter:
            yield column.field, _making(int)
        elif getattr(info, "default_factory_takes_validated_data", False):  # pydantic has it since 2.10
            yield column.field, cast("Convert", info.default_factory)
        elif not info.is_required():
            yield column.field, _making(partial(info.get_default, call_default_factory=True))


def _making(make: Callable[[], Any]) -> Convert:
    return lambda _: make()


def _constructed(model: type[D]) -> Callable[[dict[str, Any]], D]:
    def make(values: dict[str, Any]) -> D:
        document = model.__new__(model)
        object.__setattr__(document, "__dict__", values)
        object.__setattr__(document, "__pydantic_fields_set__", set(values))
        object.__setattr__(document, "__pydantic_extra__", None)
        if model.__pydantic_post_init__:
            document.model_post_init(None)
        else:
            object.__setattr__(document, "__pydantic_private__", None)
        return document

    return make


# Rows out


def loaded(document: DocumentBase, schema: TableSchema) -> tuple[Column, ...]:
    """The columns that the instance has values for."""
    values = document.__dict__
    if len(values) >= len(schema.columns) and values.keys() >= schema.by_field.keys():
        return schema.columns
    return tuple(column for column in schema.columns if column.field in values)


def row_of(document: DocumentBase, schema: TableSchema) -> tuple[tuple[Column, ...], tuple[Any, ...]]:
    """The columns that the instance has values for, and these as a backend takes them; refused without its key."""
    columns = schema.columns
    try:
        values = bound(document, columns)
    except KeyError:
        columns = loaded(document, schema)
        check_key(document, schema.primary_key)
        return columns, bound(document, columns)
    if None in values:
        check_key(document, schema.primary_key)
    return columns, values


def assigned(document: DocumentBase, schema: TableSchema) -> tuple[Column, ...] | None:
    """The columns that were assigned since load or save; None, if it was never either."""
    names = _assigned(document)
    if names is None:
        return None
    return tuple(column for column in loaded(document, schema) if column.field in names)


def bound(document: DocumentBase, columns: tuple[Column, ...]) -> tuple[Any, ...]:
    """The values of these columns as a backend takes them; a `KeyError` where one is not loaded."""
    values = document.__dict__
    try:
        return tuple(
            [
                None if (value := values[name]) is None else encode(value)
                for name, encode in _encoders(columns)
            ]
        )
    except UNCONVERTIBLE:
        # Rare enough to do it again, column by column, for the one that has to be named.
        return tuple([column.bind(values[column.field]) for column in columns])


WholeRow: TypeAlias = Callable[[DocumentBase], tuple[Any, ...] | None]


def whole_row(schema: TableSchema) -> WholeRow:
    """What gives all values of an instance as a backend takes them; None for one that has to be looked at closer.

    Such is one that is not loaded whole, that has no key, or whose values do not all fit.
    """
    ways = tuple(
        (each.field, each.codec.plain, each.codec.fits, each.codec.encode) for each in schema.columns
    )
    key = tuple(schema.columns.index(column) for column in schema.primary_key)
    kind = _place_of_kind(schema)

    def row(document: DocumentBase) -> tuple[Any, ...] | None:
        values = document.__dict__
        try:
            there = tuple(
                [
                    value
                    if (value := values[name]) is None or (type(value) is plain and fits(value))
                    else encode(value)
                    for name, plain, fits, encode in ways
                ]
            )
        except (KeyError, *UNCONVERTIBLE):
            return None
        for place in key:
            if there[place] is None:
                return None
        if kind is not None and there[kind] != schema.discriminator_value:
            return None
        return there

    return row


def _place_of_kind(schema: TableSchema) -> int | None:
    """Where a row says of which class it is, if this class is one of those that say so."""
    if schema.discriminator is None or schema.discriminator_value is None:
        return None
    return schema.columns.index(schema.discriminator)


def check_kind(document: DocumentBase, schema: TableSchema) -> None:
    """Refuse a document that says to be of another class: nobody could find its row as what it is."""
    place = _place_of_kind(schema)
    if place is None:
        return
    column = schema.columns[place]
    if column.field in document.__dict__:
        schema.check_kind(document.__dict__[column.field])


@lru_cache(maxsize=4096)
def _encoders(columns: tuple[Column, ...]) -> tuple[tuple[str, Convert], ...]:
    return tuple((column.field, column.codec.encode) for column in columns)


def bound_key(document: DocumentBase, key: tuple[Column, ...]) -> tuple[Any, ...]:
    """The values of these columns of the key; refused where one is missing."""
    check_key(document, key)
    return bound(document, key)


def check_key(document: DocumentBase, key: tuple[Column, ...]) -> None:
    """Refuse a document without its whole key: nobody could find its row."""
    values = document.__dict__
    for column in key:
        if values.get(column.field) is None:
            raise InvalidQueryError(f"{column} is part of the key and has no value")


def mark_saved(document: DocumentBase, columns: tuple[Column, ...]) -> None:
    """The instance equals its row now: values that the database rounds are put back as it keeps them."""
    if rounding := _rounding(columns):
        values = document.__dict__
        for column in rounding:
            if values[column.field] is not None:
                values[column.field] = column.read(column.bind(values[column.field]))
    _ASSIGNED.__set__(document, set())


def whole_saved(schema: TableSchema) -> Callable[[DocumentBase], None]:
    """What `mark_saved` does to a whole document."""
    columns, mark = schema.columns, _ASSIGNED.__set__
    if _rounding(columns):
        return lambda document: mark_saved(document, columns)
    return lambda document: mark(document, set())


@lru_cache(maxsize=4096)
def _rounding(columns: tuple[Column, ...]) -> tuple[Column, ...]:
    return tuple(column for column in columns if column.codec.rounds)


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
    _ASSIGNED.__set__(document, set())


def _with_assigned(document: D, names: set[str] | None) -> D:
    if names is not None:
        _ASSIGNED.__set__(document, set(names))
    return document


def _assigned(document: DocumentBase) -> set[str] | None:
    try:
        return cast("set[str]", _ASSIGNED.__get__(document))
    except AttributeError:
        return None
