"""Bad input: whatever text and values come in, the engine answers as a server does, soon, and a refusal changes nothing.

`python -m conformance.bad_input --statements 200000` runs for long; the tests run a few thousand. The statements are the
conformance scripts', broken: words lost, doubled, exchanged, made of other scripts, nested, repeated, blown up to a megabyte;
their markers are bound to bytes that are no values. Both dialects are asked.
"""

import argparse
import faulthandler
import random
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, takewhile
from pathlib import Path
from typing import Any, Literal, TypeAlias

from conformance.differential.mutilation import TOKEN
from conformance.script import Script, parse
from conformance.targets import setup_of
from coodie_memory.clock import Clock
from coodie_memory.cluster import MemoryCluster
from coodie_memory.errors import CqlError
from coodie_memory.execution.context import DEFAULTS, Options
from coodie_memory.result import UNSET, Rows
from coodie_memory.session import Session
from coodie_memory.types.quoting import identifier

SCRIPTS = Path(__file__).parent / "scripts"
PATIENCE = 1.0
"""Seconds of the processor's time that a statement may take."""
_HANGS = 60
"""Seconds after which a statement is taken for one that never ends, and the process is given up with a traceback."""
_A_ROUND = 60
_KEYSPACE = "ks"
_SHOWN = 300
_Dialect: TypeAlias = Literal["cassandra", "scylla"]
DIALECTS: tuple[_Dialect, ...] = ("cassandra", "scylla")


@dataclass(frozen=True, slots=True)
class Finding:
    """What a server would not have done, and with which statement."""

    what: str
    text: str
    where: str
    trace: str = ""

    def __str__(self) -> str:
        shown = (
            self.text if len(self.text) <= _SHOWN else f"{self.text[:_SHOWN]}… ({len(self.text)} characters)"
        )
        return f"{self.what} ({self.where})\n  {shown}\n{self.trace}"


@dataclass(slots=True)
class Tally:
    """How many statements were asked, and what became of them."""

    asked: int = 0
    answered: int = 0
    refused: int = 0
    slowest: float = 0.0


class Room:
    """An engine with what a script makes in it, which keeps an eye on what is there."""

    def __init__(self, script: Script, folder: Path, dialect: _Dialect) -> None:
        self.cluster = MemoryCluster(
            dialect=dialect,
            clock=Clock(),
            seed=1,
            materialized_views=True,
            sasi=True,
            user_defined_functions=True,
            drop_compact_storage=True,
        )
        # What has a TTL must not vanish while a refusal is looked at.
        self.cluster.clock.freeze()
        self.cluster.create_keyspace(_KEYSPACE)
        self.session = self.cluster.session(_KEYSPACE)
        setup = None if script.changes_schema else setup_of(folder)
        for step in (*(setup.steps if setup else ()), *script.steps):
            # A script refuses some of its own statements, and the other dialect others.
            with suppress(CqlError):
                self.session.execute_raw(step.cql, [None] * step.cql.count("?"))
        self._state = self._seen()

    def ask(self, text: str, chance: random.Random) -> tuple[bool, float]:
        """Whether the statement was answered rather than refused, and its seconds of the processor's time."""
        started = time.thread_time()
        try:
            _asked(self.session, text, chance)
        except CqlError:
            seconds = time.thread_time() - started
            if self._state != (seen := self._seen()):
                self._state = seen
                raise Changed from None
            return False, seconds
        seconds = time.thread_time() - started
        self._state = self._seen()
        return True, seconds

    def _seen(self) -> tuple[object, ...]:
        engine = self.cluster.engine
        return engine.schema, engine.roles, [*self._tables()]

    def _tables(self) -> Iterator[object]:
        keyspace = self.cluster.engine.schema.keyspace(_KEYSPACE)
        for name in keyspace.tables if keyspace else ():
            found = self.session.execute_raw(f"SELECT * FROM {_KEYSPACE}.{identifier(name)}")
            yield name, found.raw if isinstance(found, Rows) else None


class Changed(Exception):
    """A statement was refused, and what is there has changed."""


def run(scripts: Sequence[Path], statements: int, seed: int, tally: Tally) -> Iterator[Finding]:
    """What goes wrong with so many statements; nothing should."""
    read = lru_cache(len(scripts))(lambda path: parse(path.read_text(), str(path)))
    corpus = [step.cql for path in scripts for step in read(path).steps]
    number = 0
    while tally.asked < statements:
        chance = random.Random(f"{seed}/{number}")
        path, dialect = chance.choice(scripts), chance.choice(DIALECTS)
        own = [step.cql for step in read(path).steps]
        room = Room(read(path), path.parent, dialect)
        for at in range(_A_ROUND):
            tally.asked += 1
            faulthandler.dump_traceback_later(_HANGS, exit=True)
            text = broken(chance.choice(own), corpus, chance)
            yield from _judged(room, text, chance, tally, f"{dialect}, {path.name}, {seed}/{number}/{at}")
        number += 1
    faulthandler.cancel_dump_traceback_later()


def _judged(room: Room, text: str, chance: random.Random, tally: Tally, where: str) -> Iterator[Finding]:
    try:
        answered, seconds = room.ask(text, chance)
    except Changed:
        yield Finding("a refusal has changed what is there", text, where)
    except Exception as error:  # noqa: BLE001 (whatever the engine raises is what this is about)
        lines = traceback.format_exc().splitlines()
        yield Finding(f"{type(error).__name__} {_last_place(error)}", text, where, "\n".join(lines[-8:]))
    else:
        tally.answered += answered
        tally.refused += not answered
        tally.slowest = max(tally.slowest, seconds)
        if seconds > PATIENCE:
            yield Finding("it takes long", text, where, f"{seconds:.1f} s")


def _last_place(error: BaseException) -> str:
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{Path(last.filename).name}:{last.lineno}"


def _asked(session: Session, text: str, chance: random.Random) -> None:
    """Text and values at once, or prepared; all pages."""
    options = Options(page_size=chance.choice((1, 2))) if chance.random() < 0.2 else DEFAULTS
    prepared = session.prepare(text)
    values = [_bytes(chance) for _ in prepared.markers]
    result = session.execute_raw(prepared, values, options)
    pages = 0
    while isinstance(result, Rows) and result.paging_state is not None and pages < 5:
        result = session.execute_raw(
            prepared, values, Options(page_size=1, paging_state=_state(result.paging_state, chance))
        )
        pages += 1
    if isinstance(result, Rows):
        # Values become Python's when somebody looks at them.
        list(result)


def _state(state: bytes, chance: random.Random) -> bytes:
    if chance.random() < 0.9 or not state:
        return state
    at = chance.randrange(len(state))
    return state[:at] + bytes((chance.randrange(256),)) + state[at + 1 :]


def _bytes(chance: random.Random) -> Any:
    return chance.choice(
        (
            None,
            UNSET,
            b"",
            b"\0\0\0\1",
            b"\0" * 8,
            b"\xff" * chance.choice((1, 2, 4, 8, 16, 17)),
            b"\0\0\0\1\0\0\0\4\0\0\0\1",
            b"\0\0\0\2\xff\xff\xff\xff\0\0\0\1",
            b"\x7f\xff\xff\xff\0",
            "a text é".encode(),
            b'{"k": 1}',
            chance.randbytes(chance.choice((1, 4, 8, 12, 16, 40))),
        )
    )


def broken(text: str, corpus: Sequence[str], chance: random.Random) -> str:
    """The statement with a few things wrong."""
    tokens = TOKEN.findall(text) or [" "]
    for _ in range(chance.choice((1, 1, 1, 2, 3, 6))):
        tokens = chance.choice(_BREAKS)(tokens, corpus, chance) or [" "]
    # A token costs some microseconds, hence texts of a million of them their seconds.
    ends = accumulate(map(len, tokens[:_MOST_TOKENS]))
    kept = takewhile(lambda end: end <= _LONGEST, ends)
    return "".join(tokens[: sum(1 for _ in kept)])


_VOCABULARY = (
    "SELECT", "FROM", "WHERE", "AND", "INSERT", "INTO", "VALUES", "UPDATE", "SET", "DELETE", "USING", "TTL", "TIMESTAMP", "IF", "EXISTS",
    "NOT", "BEGIN", "BATCH", "APPLY", "CREATE", "TABLE", "ALTER", "DROP", "ADD", "TYPE", "INDEX", "ON", "PRIMARY", "KEY", "WITH", "LIKE", "IN",
    "CONTAINS", "ORDER", "BY", "GROUP", "LIMIT", "PER", "PARTITION", "ALLOW", "FILTERING", "TOKEN", "CAST", "AS", "NULL", "JSON", "DISTINCT",
    "COUNT", "STATIC", "frozen", "list", "map", "set", "tuple", "vector", "int", "text", "counter", "duration", "k", "c", "v", "t", "ks",
    "(", ")", "[", "]", "{", "}", "<", ">", ",", ";", ":", ".", "..", "=", "!=", "+", "-", "*", "/", "%", "?", ":x", "'", '"', "$$", "--", "/*",
    "0", "1", "-1", "1.5", "1e400", "NaN", "-Infinity", "0x", "0xf", "0xCAFE", "1d", "P1Y", "P0001-01-01T00:00:00", "true", "''", "'a'", '"K"', "$$a$$",
    "2147483648", "99999999999999999999", "00000000-0000-1000-8000-000000000000", "now()", "uuid()", "é", "\0", "\ud7ff", "\u2028", "\U0001f600", "\\",
)  # fmt: skip
_BRACKETS = (
    "()",
    "[]",
    "{}",
    ("(int)", ""),
    ("-", ""),
    ("f(", ")"),
    ("{1: ", "}"),
    ("list<", ">"),
    ("frozen<", ">"),
    ("1 + ", ""),
    ("a.", ""),
)
_SIZES = (10, 100, 1000, 20_000)
_MEGABYTE = 1 << 20
_MOST_TOKENS, _LONGEST = 50_000, 2 * _MEGABYTE

_Break: TypeAlias = Callable[[list[str], Sequence[str], random.Random], list[str]]


def _lose(tokens: list[str], _corpus: Sequence[str], chance: random.Random) -> list[str]:
    at = chance.randrange(len(tokens))
    return tokens[:at] + tokens[at + chance.choice((1, 1, 2, 5)) :]


def _double(tokens: list[str], _corpus: Sequence[str], chance: random.Random) -> list[str]:
    at, many = chance.randrange(len(tokens)), chance.choice((1, 2, 6))
    return tokens[: at + many] + tokens[at:]


def _exchange(tokens: list[str], _corpus: Sequence[str], chance: random.Random) -> list[str]:
    one, other = chance.randrange(len(tokens)), chance.randrange(len(tokens))
    tokens[one], tokens[other] = tokens[other], tokens[one]
    return tokens


def _replace(tokens: list[str], _corpus: Sequence[str], chance: random.Random) -> list[str]:
    tokens[chance.randrange(len(tokens))] = chance.choice(_VOCABULARY)
    return tokens


def _insert(tokens: list[str], _corpus: Sequence[str], chance: random.Random) -> list[str]:
    tokens.insert(chance.randrange(len(tokens) + 1), f" {chance.choice(_VOCABULARY)} ")
    return tokens


def _splice(tokens: list[str], corpus: Sequence[str], chance: random.Random) -> list[str]:
    other = TOKEN.findall(chance.choice(corpus)) or [" "]
    at, start = chance.randrange(len(tokens)), chance.randrange(len(other))
    end = start + chance.choice((1, 3, 10, 1000))
    return tokens[:at] + other[start:end] + tokens[at + chance.choice((0, 1, end - start)) :]


def _alike(tokens: list[str], corpus: Sequence[str], chance: random.Random) -> list[str]:
    """A token exchanged for one of its kind, so that the statement may well be one again."""
    at = chance.randrange(len(tokens))
    kind = _kind(tokens[at])
    others = [token for token in TOKEN.findall(chance.choice(corpus)) if _kind(token) == kind]
    if others:
        tokens[at] = chance.choice(others)
    return tokens


def _kind(token: str) -> str:
    first = token[0]
    return "word" if first.isalpha() else "number" if first.isdigit() else first


def _babble(_tokens: list[str], _corpus: Sequence[str], chance: random.Random) -> list[str]:
    return [f"{chance.choice(_VOCABULARY)} " for _ in range(chance.randrange(1, 30))]


def _nest(tokens: list[str], _corpus: Sequence[str], chance: random.Random) -> list[str]:
    at, deep = chance.randrange(len(tokens)), chance.choice(_SIZES)
    opening, closing = chance.choice(_BRACKETS)
    tokens[at] = opening * deep + tokens[at] + closing * chance.choice((deep, deep, 0, deep - 1))
    return tokens


def _repeat(tokens: list[str], _corpus: Sequence[str], chance: random.Random) -> list[str]:
    at = chance.randrange(len(tokens))
    piece = tokens[at : at + chance.choice((1, 2, 4, 8))]
    times = min(chance.choice(_SIZES[:3]), 100_000 // sum(map(len, piece)) + 1)
    return tokens[:at] + piece * times + tokens[at + len(piece) :]


def _blow_up(tokens: list[str], _corpus: Sequence[str], chance: random.Random) -> list[str]:
    size = chance.choice((256, 65_536, _MEGABYTE))
    tokens[chance.randrange(len(tokens))] = chance.choice(
        (
            f"'{'a' * size}'",
            f"'{'é' * (size // 2)}'",
            "9" * min(size, 100_000),
            f"0x{'ab' * (size // 2)}",
            f"1.{'5' * min(size, 100_000)}",
            f"1e{'9' * min(size, 1000)}",
            f'"{"A" * size}"',
            "a" * size,
            " " * size,
            f"/*{'*' * size}*/",
            f"$${'$ ' * (size // 2)}$$",
            f"'{'[' * min(size, 100_000)}'",
            f"'{{\"k\": {'9' * min(size, 100_000)}}}'",
            f"[{'1,' * (size // 64)}1]",
        )
    )
    return tokens


def _as_it_is(tokens: list[str], _corpus: Sequence[str], _chance: random.Random) -> list[str]:
    return tokens


_BREAKS: tuple[_Break, ...] = (
    *(_lose, _double, _exchange, _replace, _replace, _insert, _insert),
    *(_alike, _alike, _alike, _alike, _alike, _alike),
    *(_splice, _splice, _babble, _nest, _repeat, _blow_up, _as_it_is),
)


def _main() -> None:
    parser = argparse.ArgumentParser(prog="python -m conformance.bad_input", description=__doc__)
    parser.add_argument("--statements", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    arguments = parser.parse_args()
    tally, kinds = Tally(), Counter[str]()
    for finding in run(sorted(SCRIPTS.glob("*/*.cql")), arguments.statements, arguments.seed, tally):
        kinds[finding.what] += 1
        if kinds[finding.what] == 1:
            _say(f"{finding}\n")
    _say(
        f"{tally.asked} statements, {tally.answered} answered, {tally.refused} refused, the slowest {tally.slowest:.2f} s; "
        f"seed {arguments.seed}\n{kinds.total()} findings of {len(kinds)} kinds"
    )
    sys.exit(1 if kinds else 0)


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    _main()
