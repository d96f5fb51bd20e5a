"""Texts that are the same to an index whose options say so: regardless of case, of composition, of accents."""

import unicodedata
from collections.abc import Callable, Mapping

from coodie_memory.plan import indexing
from coodie_memory.plan.where import Where
from coodie_memory.schema.model import Column, IndexTarget

_LETTERS = "ßæÆœŒøØđĐðÐłŁħĦıŋŊŧŦþÞĳĲ"
_SPELLINGS = "ss ae AE oe OE o O d D d D l L h H i n N t T th TH ij IJ"
_QUOTES = (0xAB, 0xBB, 0x201C, 0x201D, 0x201E, 0x2033, 0x2036, 0x275D, 0x275E, 0x276E, 0x276F, 0xFF02)
_APOSTROPHES = (*range(0x2018, 0x201C), 0x2032, 0x2035, 0x2039, 0x203A, 0x275B, 0x275C, 0xFF07)
_HYPHENS = (*range(0x2010, 0x2015), 0x207B, 0x208B, 0xFF0D)
_ASCII = {
    **dict(zip(_LETTERS, _SPELLINGS.split(), strict=True)),
    **dict.fromkeys(map(chr, _QUOTES), '"'),
    **dict.fromkeys(map(chr, _APOSTROPHES), "'"),
    **dict.fromkeys(map(chr, _HYPHENS), "-"),
}
"""What becomes of characters that no decomposition makes ASCII."""


def folding(where: Where, column: Column, target: IndexTarget) -> Callable[[bytes], bytes] | None:
    """What the index that is used takes for the same text, if not the text itself."""
    index = indexing.analysing(where.table, column, target) if where.uses_index else None
    return None if index is None else folded(index.options)


def folded(options: Mapping[str, str]) -> Callable[[bytes], bytes]:
    """What makes equal bytes of texts that are the same under an index's options."""

    def is_on(name: str) -> bool:
        return options.get(name, "false").lower() == "true"

    steps: list[Callable[[str], str]] = []
    ignores_case = options.get("case_sensitive", "true").lower() == "false"
    if ignores_case or is_on("normalize_lowercase") or is_on("normalize_uppercase"):
        steps.append(str.lower)
    if is_on("normalize"):
        steps.append(_composed)
    if is_on("ascii"):
        steps.append(_plain)

    def fold(raw: bytes) -> bytes:
        text = raw.decode()
        for step in steps:
            text = step(text)
        return text.encode()

    return fold


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _plain(text: str) -> str:
    return "".join(map(_plain_character, text))


def _plain_character(character: str) -> str:
    """The character in ASCII, where it is a letter, digit or mark of one; else as it is."""
    if character.isascii():
        return character
    if character in _ASCII:
        return _ASCII[character]
    parts = unicodedata.normalize("NFKD", character)
    bare = "".join(part for part in parts if not unicodedata.combining(part))
    return bare if bare and bare.isascii() else character
