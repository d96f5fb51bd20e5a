"""Running a script's steps on a client, which here only records and answers by rote."""

import pytest

from conformance.runner import run, without_messages
from conformance.script import parse
from conformance.wire import Prepared, Refused
from coodie_memory.result import ColumnSpec, Metadata, Rows, Void
from coodie_memory.types.integers import INT

COLUMN = ColumnSpec("real", "t", "k", INT)


class Rote:
    """Answers each statement with the next of the given results, and remembers what it was asked."""

    keyspace = "real"

    def __init__(self, *results):
        self.results = list(results)
        self.asked = []

    def query(self, cql, parameters):
        self.asked.append((cql, parameters))
        result = self.results.pop(0)
        if isinstance(result, Exception):
            raise result
        return result

    def prepare(self, cql):
        return Prepared((COLUMN,), cql)

    def execute(self, prepared, parameters):
        return self.query(prepared.handle, parameters)

    def shift_now(self, span):
        self.asked.append(("now", span))

    def advance_clock(self, span):
        self.asked.append(("advance", span))


def page(*numbers, paging_state=None):
    return Rows(Metadata([COLUMN]), [(INT.encode(number),) for number in numbers], paging_state)


def answered(text, *results):
    client = Rote(*results)
    script = run(parse(f"-- Why.\n\n{text}\n"), client)
    return [step.answer for step in script.steps], client.asked


def test_keyspace_has_its_real_name_on_the_way_and_ks_in_the_script():
    answers, asked = answered(
        "SELECT k FROM ks.tasks WHERE v = 'ks';", Refused(0x2200, "table real.tasks does not exist")
    )

    assert asked[0][0] == "SELECT k FROM real.tasks WHERE v = 'real'"
    assert answers == [("InvalidRequest 0x2200", "table ks.tasks does not exist")]


def test_places_are_those_in_the_script():
    complaint = "no viable alternative at input 'x' (real.t x)"
    answers, _ = answered(
        "SELECT k FROM ks.t x;\n\nSELECT k\nFROM ks.t, ks.t x;\n\nSELECT x ks.t;",
        Refused(0x2000, f"line 1:21 {complaint}"),
        Refused(0x2000, f"line 2:21 {complaint}"),
        Refused(0x2000, f"line 1:7 {complaint}"),
    )

    assert [answer[1].split(" no ")[0] for answer in answers] == ["line 1:19", "line 2:17", "line 1:7"]


def test_all_pages_are_fetched_with_the_state_of_the_one_before():
    answers, asked = answered("> page 1\nSELECT k FROM t;", page(1, paging_state=b"s"), page(2))

    assert answers == [("k int", "1", "(next page)", "2")]
    assert [(parameters.page_size, parameters.paging_state) for _, parameters in asked] == [
        (1, None),
        (1, b"s"),
    ]


def test_bound_values_travel_with_the_prepared_statement():
    _, asked = answered("> bind 7\nINSERT INTO t (k) VALUES (?);", Void())

    assert asked[0][1].values == (INT.encode(7),)


def test_what_the_request_carries_is_what_the_directives_say():
    _, asked = answered("> consistency ALL\n> timestamp 12\nDELETE FROM t WHERE k = 1;", Void())

    assert (asked[0][1].consistency, asked[0][1].timestamp) == ("ALL", 12)


def test_time_moves_before_the_statement():
    _, asked = answered("> now 1m\nSELECT k FROM t;\n> advance 61s\nSELECT k FROM t;", page(), page())

    assert [asked[0], asked[2]] == [("now", "1m"), ("advance", "61s")]


def test_endless_paging_is_stopped():
    forever = [page(1, paging_state=b"s")] * 1001

    with pytest.raises(RuntimeError, match="more than 1000 pages"):
        answered("> page 1\nSELECT k FROM t;", *forever)


def test_lenient_comparison_leaves_the_server_s_words_out():
    script = parse(
        "-- Why.\n\nSELEC;\n---\nSyntaxException 0x2000\nwords\n\nSELECT k FROM t;\n---\nk int\nwarning: w\n"
    )

    assert [step.answer for step in without_messages(script).steps] == [
        ("SyntaxException 0x2000",),
        ("k int",),
    ]
