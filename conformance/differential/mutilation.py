"""Texts that were statements once: what a slip of the hand makes of them."""

import re

from conformance.differential.dice import Dice

TOKEN = re.compile(r"""'(?:[^']|'')*'|"[^"]*"|[\w.]+|[<>!+-]=|\s+|.""", re.DOTALL)
_STRAY = (
    "(",
    ")",
    ",",
    "=",
    "'",
    '"',
    "?",
    ";",
    "WHERE",
    "AND",
    "SELECT",
    "1",
    "x",
    "[",
    "}",
    "$",
    "--",
    "NULL",
    "IN",
)


def mutilated(dice: Dice, text: str) -> str:
    """The text with a token gone, doubled, exchanged or made another."""
    tokens = [token for token in TOKEN.findall(text.replace("ks.", "")) if not token.isspace()]
    at = dice.number(0, len(tokens) - 1)
    match dice.pick(("gone", "doubled", "exchanged", "other", "cut")):
        case "gone":
            del tokens[at]
        case "doubled":
            tokens.insert(at, tokens[at])
        case "exchanged":
            other = dice.number(0, len(tokens) - 1)
            tokens[at], tokens[other] = tokens[other], tokens[at]
        case "other":
            tokens[at] = dice.pick(_STRAY)
        case _:
            del tokens[at + 1 :]
    return " ".join(tokens)
