import copy
import pickle
from typing import Generic, TypeVar

import pytest

from coodie_memory.cql import ast
from coodie_memory.value import Value, replace

T = TypeVar("T")


class Point(Value):
    x: int
    y: int = 0

    @property
    def sum(self):
        return self.x + self.y


class Other(Value):
    x: int
    y: int = 0


class Empty(Value):
    pass


class Options(Value, kw_only=True):
    name: str
    size: int | None = None


class Box(Value, Generic[T]):
    content: T


class Person(Value, identity=True):
    name: str


ONE_OF_EACH = [Point(1, 2), Empty(), Options(name="a"), Box[int](3), Box(Point(1))]


def test_fields_are_given_by_position_by_name_or_by_default():
    assert Point(1, 2) == Point(1, y=2) == Point(y=2, x=1)
    assert Point(1) == Point(1, 0)
    assert (Options(name="a").name, Options(name="a").size) == ("a", None)


def test_a_value_equals_those_of_its_own_class_alone():
    assert Point(1, 2) != Other(1, 2)
    assert Point(1, 2) != (1, 2)
    assert Point(1, 2) != Point(2, 1)
    assert Empty() == Empty()


def test_what_has_an_identity_equals_itself_alone():
    one, other = Person("a"), Person("a")
    assert one != other
    assert len({one, other, one}) == 2


def test_equal_values_are_one_key():
    assert len({Point(1, 2), Point(1, 2), Point(2, 1)}) == 2


@pytest.mark.parametrize("value", ONE_OF_EACH, ids=repr)
def test_nothing_of_a_value_changes(value):
    for name in ("x", "content", "name", "unheard_of"):
        with pytest.raises(AttributeError):
            setattr(value, name, 1)
        with pytest.raises(AttributeError):
            delattr(value, name)
    assert not hasattr(value, "__dict__")


def test_a_value_shows_what_makes_it():
    assert repr(Point(1, 2)) == "Point(x=1, y=2)"
    assert repr(Box(Empty())) == "Box(content=Empty())"


def test_values_are_matched_by_position_and_by_name():
    match Box(Point(1, 2)):
        case Box(Point(x, y=y)):
            assert (x, y) == (1, 2)
        case _:
            pytest.fail("no match")


def test_what_is_given_by_name_alone_is_matched_by_name_alone():
    match Options(name="a", size=3):
        case Options(name=name, size=3):
            assert name == "a"
        case _:
            pytest.fail("no match")
    assert Options.__match_args__ == ()


@pytest.mark.parametrize("value", ONE_OF_EACH, ids=repr)
@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda value: pickle.loads(pickle.dumps(value))])
def test_a_value_survives_copying_and_pickling(value, again):
    assert again(value) == value
    assert type(again(value)) is type(value)


def test_replace_changes_some_fields_of_a_new_value():
    point = Point(1, 2)
    assert replace(point, y=5) == Point(1, 5)
    assert replace(Options(name="a"), size=1) == Options(name="a", size=1)
    assert point == Point(1, 2)


def test_values_have_methods():
    assert Point(1, 2).sum == 3


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (Point, r"Point\(\) is missing the field 'x'"),
        (lambda: Point(1, 2, 3), r"Point\(\) takes 2 fields by position, not 3"),
        (lambda: Point(1, x=1), r"Point\(\) is given twice: 'x'"),
        (lambda: Point(1, z=1), r"Point\(\) is given a field that it has not: 'z'"),
        (lambda: Options("a"), r"Options\(\) takes 0 fields by position, not 1"),
        (lambda: replace(Point(1), z=1), r"Point\(\) is given a field that it has not: 'z'"),
    ],
)
def test_what_does_not_fit_is_refused(wrong, message):
    with pytest.raises(TypeError, match=message):
        wrong()


def test_nodes_of_trees_are_values():
    assert issubclass(ast.Select, Value)
    assert ast.Marker(None, 0) == ast.Marker(None, 0)
