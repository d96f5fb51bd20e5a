"""An index that goes or comes between two pages of one query."""

import pytest
from cassandra import InvalidRequest
from cassandra.query import SimpleStatement

ROWS = {(1, 1), (1, 2), (2, 1), (2, 2), (3, 1)}


@pytest.fixture
def table(session):
    """Rows that one value of an indexed column finds, and one that it does not."""
    session.execute("CREATE TABLE t (p int, c int, v int, w int, PRIMARY KEY (p, c))")
    session.execute("CREATE INDEX t_v ON t (v)")
    for p, c in ROWS:
        session.execute("INSERT INTO t (p, c, v, w) VALUES (%s, %s, 5, 1)", (p, c))
    session.execute("INSERT INTO t (p, c, v, w) VALUES (9, 9, 6, 1)")


def first_page(session, query):
    """The rows of the first page, and what reads the rest of them."""
    statement = SimpleStatement(query, fetch_size=2)
    page = session.execute(statement)
    seen, state = {*map(tuple, page.current_rows)}, page.paging_state
    return seen, lambda: {*map(tuple, session.execute(statement, paging_state=state))}


@pytest.mark.usefixtures("table")
def test_a_dropped_index_is_missed_on_the_next_page(session):
    seen, rest = first_page(session, "SELECT p, c FROM t WHERE v = 5")
    assert len(seen) == 2

    session.execute("DROP INDEX t_v")

    with pytest.raises(InvalidRequest, match="use ALLOW FILTERING"):
        rest()


@pytest.mark.usefixtures("table")
def test_filtering_goes_on_without_the_index(session):
    seen, rest = first_page(session, "SELECT p, c FROM t WHERE v = 5 ALLOW FILTERING")

    session.execute("DROP INDEX t_v")

    assert seen | rest() == ROWS


@pytest.mark.usefixtures("table")
def test_a_new_index_does_not_disturb_filtering(session):
    seen, rest = first_page(session, "SELECT p, c FROM t WHERE w = 1 AND p < 9 ALLOW FILTERING")

    session.execute("CREATE INDEX t_w ON t (w)")
    # It gives a server the time to build the index, which it does behind the scenes.
    session.execute("CREATE TABLE other (k int PRIMARY KEY)")

    assert seen | rest() == ROWS
