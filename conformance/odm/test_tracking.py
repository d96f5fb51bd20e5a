"""§6: what a document knows of its row: which fields were loaded, which were assigned since."""

from typing import Annotated

import pytest
from pydantic import ConfigDict, Field, PrivateAttr

from coodie.exceptions import FieldNotLoaded, InvalidQueryError
from coodie.fields import ClusteringKey, PrimaryKey, Static


def models(odm):
    class Note(odm.Document):
        id: Annotated[int, PrimaryKey()]
        text: str = ""
        size: int = 0
        author: str | None = None
        tags: set[str] = Field(default_factory=set)
        _seen: list[str] = PrivateAttr(default_factory=list)

    class Seat(odm.Document):
        room: Annotated[str, PrimaryKey()]
        number: Annotated[int, ClusteringKey()]
        owner: Annotated[str | None, Static()] = None
        free: bool = True

    class Fixed(odm.Document):
        model_config = ConfigDict(frozen=True)

        id: Annotated[int, PrimaryKey()]
        text: str = ""

    class Derived(odm.Document):
        id: Annotated[int, PrimaryKey()]
        text: str = ""
        label: str = Field(default_factory=lambda data: f"<{data['text']}>")

    return Note, Seat, Fixed, Derived


@pytest.fixture
def note(m, do):
    return do(m.Note.create(id=1, text="one", size=1, author="me", tags={"a"}))


# What was assigned


def test_new_document_is_saved_whole_by_its_changes(m, do):
    """As by save(): also where all but the key is null, and nothing but the row itself is left to write."""
    do(m.Note.model_construct(id=5, author=None).save_changes())

    assert do(m.Note.get(id=5)) == m.Note(id=5)


def test_what_a_copy_was_updated_with_is_a_change(m, do, note):
    twin = note.model_copy(update={"size": 7})
    do(twin.save_changes())

    assert do(m.Note.get(id=1)).size == 7
    assert note.size == 1


def test_copies_track_by_themselves(m, do, note):
    note.text = "changed"
    twin = note.model_copy()
    twin.size = 9
    do(note.save_changes())
    assert do(m.Note.get(id=1)).size == 1
    do(twin.save_changes())

    assert do(m.Note.get(id=1)).size == 9


def test_changes_leave_what_others_wrote(m, do, note):
    do(m.Note.find(id=1).update(author="other"))
    note.text = "mine"
    do(note.save_changes())

    assert (do(m.Note.get(id=1)).author, do(m.Note.get(id=1)).text) == ("other", "mine")


def test_saved_changes_are_none_any_more(m, do, note):
    note.text = "mine"
    do(note.save_changes())
    do(m.Note.find(id=1).update(text="theirs"))
    do(note.save_changes())

    assert do(m.Note.get(id=1)).text == "theirs"


def test_changed_collection_is_written_when_it_is_assigned(m, do, note):
    note.tags.add("b")
    note.tags = note.tags
    do(note.save_changes())

    assert do(m.Note.get(id=1)).tags == {"a", "b"}


def test_changes_under_another_key_are_refused(m, do, note):
    """They would be written to another row, without what that row lacks."""
    note.id = 2
    note.size = 2
    with pytest.raises(InvalidQueryError, match=r"Note\.id is part of the key and was assigned.*save\(\)"):
        do(note.save_changes())
    do(note.save())

    assert do(m.Note.get(id=2)) == note
    assert do(m.Note.get(id=1)).size == 1


def test_ttl_of_changes_is_that_of_what_changed(m, do, note):
    note.text = "short"
    do(note.save_changes(ttl=500))

    assert do(m.Note.find(id=1).column_ttl("size")) is None
    assert 400 < do(m.Note.find(id=1).column_ttl("text")) <= 500


# What was loaded


def test_chain_of_only_and_defer_loads_what_both_leave(m, do, note):
    (part,) = do(m.Note.find().only("text", "size").defer("size").all())

    assert part.text == "one"
    with pytest.raises(FieldNotLoaded):
        _ = part.size
    with pytest.raises(FieldNotLoaded):
        _ = part.author


def test_part_that_is_inserted_elsewhere_has_no_more(m, do, note):
    part = do(m.Note.find(id=1).only("text").first())
    part.id = 2
    assert do(part.insert()).applied

    assert do(m.Note.get(id=2)) == m.Note(id=2, text="one")


def test_part_is_dumped_compared_and_copied_as_what_it_is(m, do, note):
    part = do(m.Note.find(id=1).only("text").first())

    assert part.model_dump() == {"id": 1, "text": "one"}
    assert part == part.model_copy() == do(m.Note.find(id=1).only("text").first())
    assert part != note
    assert repr(part) == "Note(id=1, text='one')"
    assert not hasattr(part, "size")
    assert part._seen == []


def test_part_grows_by_assignment_and_refresh(m, do, note):
    part = do(m.Note.find(id=1).only("text").first())
    part.size = 8
    do(part.save())
    assert (do(m.Note.get(id=1)).size, do(m.Note.get(id=1)).author) == (8, "me")
    do(part.refresh(consistency="ONE", timeout=10))

    assert part.author == "me"
    assert do(m.Note.get(id=1)) == part


def test_collection_of_a_part_is_changed_in_the_row_only(m, do, note):
    part = do(m.Note.find(id=1).only("text").first())
    do(part.update(add__tags="b"))

    assert do(m.Note.get(id=1)).tags == {"a", "b"}
    with pytest.raises(FieldNotLoaded):
        _ = part.tags


# Statics


def test_partition_of_statics_only_is_a_part(m, do):
    """It is a row for the server, which counts it; the rest of it was never written."""
    do(m.Seat.find(room="a").update(owner="me"))
    (partition,) = do(m.Seat.find(room="a").all())

    assert (partition.room, partition.owner) == ("a", "me")
    with pytest.raises(FieldNotLoaded):
        _ = partition.number
    assert do(m.Seat.find(room="a").count()) == 1
    with pytest.raises(InvalidQueryError, match=r"Seat\.number is part of the key and has no value"):
        do(partition.save())
    do(partition.update(owner="you"))
    assert [each.owner for each in do.rows(m.Seat.find())] == ["you"]


@pytest.mark.parametrize(
    "write",
    [
        lambda seat: seat.update(owner="new"),
        lambda seat: seat.update(if_conditions={"owner": "old"}, owner="new"),
        lambda seat: seat.update(if_conditions={"free": True}, owner="new"),
    ],
)
def test_static_of_a_document_is_updated(m, do, write):
    """A statement that changes statics only names the partition, unless a condition is on the row."""
    seat = do(m.Seat.create(room="a", number=1, owner="old"))
    do(write(seat))

    assert seat.owner == "new"
    assert do(m.Seat.get(room="a", number=1)).owner == "new"


def test_static_that_was_assigned_is_saved(m, do):
    seat = do(m.Seat.create(room="a", number=1, owner="old"))
    seat.owner = "new"
    do(seat.save_changes())
    seat.owner, seat.free = "newer", False
    do(seat.save_changes())

    assert do(m.Seat.get(room="a", number=1)) == seat


def test_static_is_deleted_alone(m, do):
    seat = do(m.Seat.create(room="a", number=1, owner="me", free=False))
    do(seat.delete_columns("owner"))
    assert do(m.Seat.get(room="a", number=1)) == m.Seat(room="a", number=1, free=False)
    do(m.Seat.find(room="a").update(owner="me"))
    do(seat.delete_columns("owner", "free"))

    assert do(m.Seat.find(room="a").values("owner", "free").all()) == [{"owner": None, "free": None}]


# Frozen models, defaults of other fields


def test_frozen_document_never_changes(m, do):
    """It may be a key of somebody's dict."""
    fixed = do(m.Fixed.create(id=1, text="a"))
    there = {fixed: 1}
    with pytest.raises(InvalidQueryError, match=r"Fixed is frozen.*find\(…\)\.update\(…\)"):
        do(fixed.update(text="b"))
    with pytest.raises(InvalidQueryError, match="Fixed is frozen"):
        do(fixed.refresh())
    do(m.Fixed.find(id=1).update(text="b"))

    assert do(m.Fixed.get(id=1)).text == "b"
    assert there[fixed] == 1


def test_null_reads_as_a_default_that_depends_on_other_fields(m, do):
    do(do.odm.execute_raw("INSERT INTO derived (id, text) VALUES (?, ?)", (1, "x")))

    assert do(m.Derived.get(id=1)).label == "<x>"
    assert do(m.Derived.find(id=1).validate(wanted=False).first()).label == "<x>"
