"""What documents are made of, and what is written of them: rows in, rows out."""

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache, partial
from typing import Any, TypeAlias, cast

from coodie.calculations import Selected, value_reader
from coodie.codecs import UNCONVERTIBLE, Convert
from coodie.document import ASSIGNED, D, DocumentBase, assigned_names, family, schema_of
from coodie.exceptions import InvalidQueryError
from coodie.schema import Column, Kind, TableSchema
from coodie.statement import Row

Read: TypeAlias = Callable[[Row], D]

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
                ASSIGNED.__set__(document, set())
                return document
        document = make(values)
        ASSIGNED.__set__(document, set())
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
    names = assigned_names(document)
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

    Such is one that is not loaded whole, that has no key, that says to be of another class, or whose values do not all fit.
    It is compiled for the table, since nothing is done as often: in a loop it takes twice as long.
    """
    names: dict[str, Any] = {"REFUSED": (KeyError, *UNCONVERTIBLE)}
    lines = ["def row(document):", "    values = document.__dict__", "    try:"]
    for place, column in enumerate(schema.columns):
        value, codec = f"v{place}", column.codec
        names |= {f"encode{place}": codec.encode, f"plain{place}": codec.plain, f"fits{place}": codec.fits}
        strange = f"type({value}) is not plain{place}" + (
            "" if codec.fits is None else f" or not fits{place}({value})"
        )
        # The name of a field is a key here, as any text may be one; nothing else of a model's is written.
        lines.append(f"        {value} = values[{column.field!r}]")
        if column.is_key:
            lines.append(f"        if {value} is None: return None")
            lines.append(f"        if {strange}: {value} = encode{place}({value})")
        else:
            lines.append(f"        if {value} is not None and ({strange}): {value} = encode{place}({value})")
    lines += ["    except REFUSED:", "        return None"]
    if (kind := _place_of_kind(schema)) is not None:
        names["KIND"] = schema.discriminator_value
        lines.append(f"    if v{kind} != KIND: return None")
    lines.append(f"    return ({', '.join(f'v{place}' for place in range(len(schema.columns)))},)")
    exec("\n".join(lines), names)  # noqa: S102  # of this function's own words
    return cast("WholeRow", names["row"])


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
    ASSIGNED.__set__(document, set())


def whole_saved(schema: TableSchema) -> Callable[[DocumentBase], None]:
    """What `mark_saved` does to a whole document."""
    columns, mark = schema.columns, ASSIGNED.__set__
    if _rounding(columns):
        return lambda document: mark_saved(document, columns)
    return lambda document: mark(document, set())


@lru_cache(maxsize=4096)
def _rounding(columns: tuple[Column, ...]) -> tuple[Column, ...]:
    return tuple(column for column in columns if column.codec.rounds)
