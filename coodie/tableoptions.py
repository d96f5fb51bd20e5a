"""Table options: whether a server has what a model wants, however either of them spells it."""

import re
from collections.abc import Mapping
from typing import Any

_RETRIES = frozenset({"speculative_retry", "additional_write_policy"})
_WORDS = frozenset({"all", "always", "blocking", "never", "none"})
"""Values that servers take in any case and show in their own."""
_RENAMED = {"sstable_compression": "class", "chunk_length_kb": "chunk_length_in_kb"}
"""A map's keys by the names that they have today."""
_PERCENTILE = re.compile(r"([0-9.]+) *p(?:ercentile)?", re.IGNORECASE)
_MILLIS = re.compile(r"([0-9.]+) *ms", re.IGNORECASE)
_DESCRIBED = re.compile(
    r"\b(?:WITH|AND)\s+(\w+)\s*=\s*('(?:[^']|'')*'|\{(?:[^'}]|'(?:[^']|'')*')*\}|[^\s;]+)"
)
_PAIR = re.compile(r"'((?:[^']|'')*)'\s*:\s*(?:'((?:[^']|'')*)'|([^\s,}]+))")


def same(name: str, wanted: Any, live: Any) -> bool:
    """Whether the server has the option so already; a map may hold more there than was wanted."""
    match wanted:
        case _ if live is None:
            return False
        case Mapping():
            return isinstance(live, Mapping) and _holds(_keyed(wanted), _keyed(live))
        case bool():
            return str(live).lower() == str(wanted).lower()
        case int() | float():
            return _number(live) == float(wanted)
    ours, theirs = str(wanted), str(live)
    if name in _RETRIES:
        return _retry(ours) == _retry(theirs)
    if name == "class":
        return ours.rpartition(".")[2] == theirs.rpartition(".")[2]
    return ours == theirs or (ours.lower() in _WORDS and ours.lower() == theirs.lower())


def spelt(name: str, value: Any) -> Any:
    """The option as every server takes it: ScyllaDB knows what is cached in capitals only."""
    if name != "caching" or not isinstance(value, Mapping):
        return value
    return {
        key: each.upper() if str(each).lower() in ("all", "none") else each for key, each in value.items()
    }


def described(statement: str) -> dict[str, Any]:
    """The options that DESCRIBE shows, some of which `system_schema` does not: texts, and dicts of texts."""
    return {name: _value(text) for name, text in _DESCRIBED.findall(statement)}


def _holds(wanted: Mapping[str, Any], live: Mapping[str, Any]) -> bool:
    return all(name in live and same(name, value, live[name]) for name, value in wanted.items())


def _keyed(options: Mapping[str, Any]) -> dict[str, Any]:
    return {_RENAMED.get(name, name): value for name, value in options.items()}


def _retry(text: str) -> str:
    """`99PERCENTILE`, `99.0percentile` and `99p` are one thing, so are `50ms` and `50.00ms`, `NONE` and `never`."""
    text = _PERCENTILE.sub(lambda found: f"{float(found[1]):g}p", text)
    text = _MILLIS.sub(lambda found: f"{float(found[1]):g}ms", text)
    return "never" if text.lower() == "none" else text.lower().replace(" ", "")


def _number(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def _value(text: str) -> Any:
    if text.startswith("{"):
        return {
            _unquoted(name): _unquoted(quoted) if quoted else bare
            for name, quoted, bare in _PAIR.findall(text)
        }
    return _unquoted(text[1:-1]) if text.startswith("'") else text


def _unquoted(text: str) -> str:
    return text.replace("''", "'")
