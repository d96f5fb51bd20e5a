"""Words that some parsers take for names wherever they stand for nothing else: DESC, DESCRIBE and EXECUTE."""

from collections.abc import Set as AbstractSet
from itertools import pairwise

from coodie_memory.cql import tokens

_ABOUT_PERMISSIONS = frozenset({"K_GRANT", "K_REVOKE", "K_LIST"})
_ORDER_END = frozenset({"K_ALLOW", "K_AND", "K_LIMIT", "K_PER", ";", tokens.EOF})
_BEFORE_NAME = frozenset({"K_BY", "(", ","})


def freed(kinds: list[str], words: AbstractSet[str]) -> list[str]:
    """The kinds of a statement's tokens, with those of the words changed to that of a name where they are one.

    A statement begins with DESC or DESCRIBE, DESC stands behind what orders, and permissions have the other two's names.
    """
    if kinds[0] in _ABOUT_PERMISSIONS:
        return kinds
    found = kinds[:1]
    orders = False
    for before, kind in pairwise(kinds):
        if before == "K_ORDER" and kind == "K_BY":
            orders = True
        elif kind in _ORDER_END:
            orders = False
        is_order = kind == "K_DESC" and orders and before not in _BEFORE_NAME
        found.append(tokens.IDENT if kind in words and not is_order else kind)
    return found
