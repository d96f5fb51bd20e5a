"""What the driver's `cluster.metadata` becomes of a schema is what it becomes with the real Cassandra.

`metadata/*.cql` hold a schema, `---`, and what the driver exports of it, as `--update-golden` wrote it.
"""

from pathlib import Path

import pytest

from coodie_memory.cql.lexer import split
from coodie_pytest.options import RUN

SCHEMAS = sorted((Path(__file__).parent / "metadata").glob("*.cql"))
_BETWEEN = "\n---\n"


def _of_cassandra(path):
    switches = {"views": ["materialized_views"], "functions": ["user_defined_functions"]}
    needed = pytest.mark.coodie(dialect="cassandra", requires=switches.get(path.stem, []))
    return pytest.param(path, marks=needed, id=path.stem)


@pytest.mark.parametrize("path", [_of_cassandra(path) for path in SCHEMAS])
def test_schema_is_exported_as_by_the_real_server(request, session, path):
    schema, _, expected = path.read_text().partition(_BETWEEN)
    for statement in split(schema):
        session.execute(statement)
    session.cluster.refresh_schema_metadata()
    keyspace = session.cluster.metadata.keyspaces[session.keyspace]
    exported = keyspace.export_as_string().replace(session.keyspace, "ks") + "\n"

    if request.config.stash[RUN].update_golden:
        path.write_text(f"{schema}{_BETWEEN}{exported}")
    else:
        assert expected == exported
