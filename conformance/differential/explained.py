"""What two equal servers may answer differently, and why; nothing else is forgiven. Keep it near empty.

Not asked at all, each where it would be written: a counter's column deleted, and a counter's increment with a timestamp
before its row's deletion (the server counts on from a cache); a static column's index beside a clustering restriction
(the rows depend on which index the server estimates to be best); what static collections hold (of sets and maps the server
finds deleted elements, too, where a partition is named, until it forgets them); GROUP BY in pages on a table without clustering columns
(the server refuses its own paging state); malformed bytes for a decimal (once indexed, they break the server's flush); lists and
maps that a select list makes of columns of several types (the server calls them by the first one's, and reads the others' bytes as
such); views of compact tables without values (the server fails at dropping them); the level TWO for conditional statements (refused at their
commit, they are committed by whoever comes next).
"""

import re
from collections import Counter
from collections.abc import Callable
from itertools import compress

from conformance.answer import is_refusal
from conformance.script import Step

Answer = tuple[str, ...]

_FAILED_INSIDE = re.compile(
    r"(ServerError 0x0000|ReadFailure 0x1300|WriteFailure 0x1500|FunctionFailure 0x1400)"
)
_FAILED_OTHERWISE = re.compile(
    r"Failed parsing statement: .* reason: \w+Exception"  # the parser fell over its own rule
    r"|Invalid value for the paging state",  # which was its own: clients only hand it back
    re.DOTALL,
)
_TO_JSON = "system.tojson(", "system.to_json("
_SIGNATURES = re.compile(r"(signatures: )(.*)")
_SERVER_TIME = re.compile(r"\b1[6-9]\d{14}\b|\b2[01]\d{14}\b|\b0x000[5-7][0-9a-f]{12}\b")
_NEAREST = re.compile(r"\bANN\s+OF\b", re.IGNORECASE)
_PLAIN_TIME = re.compile(r"(max)?writetime\([^()]*\) \S+")
_TIME_RENAMED = re.compile(r"writetime\([^,]*?\)[^,]*? AS (\w+)(?=,| FROM)", re.IGNORECASE)
_NO_SUCH_NUMBER = re.compile(r"Unable to make \w+ from '-?\d+'")
_ARITHMETIC = re.compile(r"[-+*/%]")
_CONDITIONS = re.compile(r"\bIF\b.*(\bAND\b|\bIF\b)", re.DOTALL)


def failed_inside(answer: Answer) -> bool:
    """Whether the server failed at the statement, which says nothing about the statement.

    The engine answers a proper error or the right rows there.
    """
    return bool(answer) and (
        _FAILED_INSIDE.fullmatch(answer[0]) is not None or _FAILED_OTHERWISE.match(answer[-1]) is not None
    )


def same(step: Step, ours: Answer, theirs: Answer) -> bool:
    """Whether the answers are equal, or differ as two equal servers do."""
    return (
        ours == theirs or _normal(ours) == _normal(theirs) or any(rule(step, ours, theirs) for rule in _RULES)
    )


def _normal(answer: Answer) -> Answer:
    # toJson and to_json are one function under whichever name was asked for first since the server started.
    return tuple(_without_times(_sorted_signatures(line)).replace(*_TO_JSON) for line in answer)


def _sorted_signatures(line: str) -> str:
    """The server keeps functions of one name in a hash map: their order in a message is chance."""
    found = _SIGNATURES.search(line)
    if found is None:
        return line
    return f"{line[: found.start(2)]}{sorted(re.split(r', (?=[a-z_.]+ :|[a-z_.]+ ?[(])', found[2]))}"


def _without_times(line: str) -> str:
    """Writes without a timestamp, and all of a transaction, have the server's own time, in microseconds."""
    return _SERVER_TIME.sub("<server's time>", line)


def _several_conditions(step: Step, ours: Answer, theirs: Answer) -> bool:
    """Which of several invalid conditions is reported, or whether a failing one is reached before it, is chance."""
    return (
        _CONDITIONS.search(step.cql) is not None
        and any(answer and is_refusal(answer[0]) for answer in (ours, theirs))
        and all(
            answer and (is_refusal(answer[0]) or answer[0].startswith("[applied]"))
            for answer in (ours, theirs)
        )
    )


def _nearest(step: Step, ours: Answer, theirs: Answer) -> bool:
    """At one distance the order is chance; and of a row that was deleted before it had a vector the server's index does not hear."""
    if _NEAREST.search(step.cql) is None or not ours or not theirs or is_refusal(theirs[0]):
        return False
    return ours[0] == theirs[0] and not Counter(theirs) - Counter(ours)


def _computed_of_times(step: Step, ours: Answer, theirs: Answer) -> bool:
    """What is computed of the server's own time, an int or bytes, does not look like a time any more."""
    if not ours or len(ours) != len(theirs) or ours[0] != theirs[0] or is_refusal(ours[0]):
        return False
    renamed = {alias.lower() for alias in _TIME_RENAMED.findall(step.cql)}
    told = [
        _PLAIN_TIME.fullmatch(column) is not None
        or ("writetime(" not in column and column.split(" ")[0] not in renamed)
        for column in ours[0].split(" | ")
    ]
    return not all(told) and all(
        list(compress(our.split(" | "), told)) == list(compress(their.split(" | "), told))
        for our, their in zip(_normal(ours), _normal(theirs), strict=True)
    )


def _operands_types(step: Step, ours: Answer, theirs: Answer) -> bool:
    """The types of computed operands are those of the first function that fits, in the order of the server's hash map."""
    return (
        bool(theirs)
        and _NO_SUCH_NUMBER.fullmatch(theirs[-1]) is not None
        and _ARITHMETIC.search(step.cql) is not None
        and not (ours and is_refusal(ours[0]) and _NO_SUCH_NUMBER.fullmatch(ours[-1]) is None)
    )


_RULES: tuple[Callable[[Step, Answer, Answer], bool], ...] = (
    _several_conditions,
    _nearest,
    _computed_of_times,
    _operands_types,
)
