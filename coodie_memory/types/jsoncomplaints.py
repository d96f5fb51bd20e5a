"""What the server's JSON parser, Jackson, says of a text that is no JSON. Asked only when reading has failed.

The parser's ways show: a complaint about a character points at it, one about a word or the end points behind it, and one
about a number behind its integer part.
"""

import re
from typing import NoReturn

# Compiled when there is something to complain of.
_SPACE = r"[ \t\r\n]*"
_WORD = r"[\w$]*"
_PLAIN = r'[^"\\\x00-\x1f]*'
_DIGITS = "[0-9]*"
_VALUES = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')"
_IN_NUMBER = "Unexpected character ({}) in numeric value: {}"
_NO_FRACTION = "Decimal point not followed by a digit"
_LONGEST_WORD = 256
_LONGEST_NUMBER = 1000
_SOURCE = "Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled)"
_CORE = "com.fasterxml.jackson.core."
_DATABIND = "com.fasterxml.jackson.databind.exc."


class JsonError(ValueError):
    """A text that is no JSON, or not the JSON that is wanted; `exception` is the class that the server names."""

    def __init__(self, exception: str, message: str) -> None:
        super().__init__(message)
        self.exception = exception

    @property
    def full(self) -> str:
        """As Java prints the exception."""
        return f"{self.exception}: {self}"

    @classmethod
    def too_long(cls, length: int) -> "JsonError":
        """The refusal of a number."""
        return cls(
            f"{_CORE}exc.StreamConstraintsException",
            f"Number value length ({length}) exceeds the maximum allowed "
            "(1000, from `StreamReadConstraints.getMaxNumberLength()`)",
        )

    @classmethod
    def too_deep(cls) -> "JsonError":
        """The refusal of arrays in arrays in arrays."""
        return cls(
            f"{_CORE}exc.StreamConstraintsException",
            "Document nesting depth (1001) exceeds the maximum allowed "
            "(1000, from `StreamReadConstraints.getMaxNestingDepth()`)",
        )


def complaint(text: str) -> JsonError | None:
    """The parser's words about a text that does not begin with JSON; None if it does."""
    try:
        _Parser(text).document()
    except JsonError as error:
        return error
    except RecursionError:
        return JsonError.too_deep()
    return None


def no_object(text: str, value: object) -> JsonError:
    """The words about JSON that is a value, but no object."""
    where = _place(text, len(text) - len(text.lstrip(" \t\r\n")))
    if isinstance(value, str):
        what = (
            "Cannot construct instance of `java.util.LinkedHashMap` (although at least one Creator exists): "
            f"no String-argument constructor/factory method to deserialize from String value ('{value}')"
        )
    else:
        kind, token = _kind(value)
        what = (
            "Cannot deserialize value of type `java.util.LinkedHashMap<java.lang.Object,java.lang.Object>` "
            f"from {kind} value (token `JsonToken.{token}`)"
        )
    return JsonError(f"{_DATABIND}MismatchedInputException", f"{what}\n at [{where}]")


def _kind(value: object) -> tuple[str, str]:
    match value:
        case bool():
            return "Boolean", f"VALUE_{str(value).upper()}"
        case int():
            return "Integer", "VALUE_NUMBER_INT"
        case float():
            return "Floating-point", "VALUE_NUMBER_FLOAT"
        case _:
            return "Array", "START_ARRAY"


def _place(text: str, at: int) -> str:
    """A location as messages write it; columns are counted in UTF-16."""
    lines = re.split(r"\r\n|\r|\n", text[:at])
    column = len(lines[-1].encode("utf-16-le", "surrogatepass")) // 2 + 1
    return f"{_SOURCE}; line: {len(lines)}, column: {column}"


class _Parser:
    """Reads until the first mistake, and raises."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def document(self) -> None:
        if not self._skip():
            raise JsonError(
                f"{_DATABIND}MismatchedInputException",
                f"No content to map due to end-of-input\n at [{_SOURCE}; line: 1]",
            )
        if self._next in "]}":
            kind = "Array" if self._next == "]" else "Object"
            self._fail(f"Unexpected close marker '{self._next}': no open {kind} to close", self._at)
        number = self._next in "-0123456789"
        self._value()
        if number and self._at < len(self._text) and self._next not in " \t\r\n":
            self._unexpected("Expected space separating root-level values")

    @property
    def _next(self) -> str:
        return self._text[self._at : self._at + 1]

    def _skip(self) -> bool:
        """Go on to what is no space; False at the end."""
        self._at = self._match(_SPACE)
        if self._next == "/":
            self._unexpected(
                "maybe a (non-standard) comment? (not recognized as one since Feature 'ALLOW_COMMENTS' "
                "not enabled for parser)"
            )
        if self._next and self._next < " ":
            self._fail(
                f"Illegal character ((CTRL-CHAR, code {ord(self._next)})): "
                "only regular white space (\\r, \\n, \\t) is allowed between tokens",
                self._at + 1,
            )
        return self._at < len(self._text)

    def _match(self, pattern: str) -> int:
        found = re.compile(pattern).match(self._text, self._at)
        assert found is not None
        return found.end()

    def _value(self) -> None:
        match self._next:
            case '"':
                self._string("was expecting closing quote for a string value", "string value")
            case "{":
                self._members("Object", "}")
            case "[":
                self._members("Array", "]")
            case "}":
                self._unexpected("expected a value")
            case "t":
                self._word("true")
            case "f":
                self._word("false")
            case "n":
                self._word("null")
            case "N":
                self._not_standard("NaN")
            case "I":
                self._not_standard("Infinity")
            case "+":
                self._plus()
            case digit if digit in "-0123456789":
                self._number()
            case other if other.isalpha() or other in "_$":
                self._unrecognized()
            case _:
                self._unexpected(f"expected a valid value {_VALUES}")

    def _members(self, kind: str, end: str) -> None:
        start = _place(self._text, self._at)
        self._at += 1
        is_first = True
        while True:
            if not self._skip():
                self._ended(f": expected close marker for {kind} (start marker at [{start}])")
            if self._next == end:
                self._at += 1
                return
            if self._next in "]}":
                self._fail(
                    f"Unexpected close marker '{self._next}': expected '{end}' (for {kind} starting at [{start}])",
                    self._at,
                )
            if not is_first:
                if self._next != ",":
                    self._unexpected(f"was expecting comma to separate {kind} entries")
                self._at += 1
                if not self._skip():
                    self._fail(f"Unexpected end-of-input within/between {kind} entries", self._at)
            is_first = False
            if kind == "Object":
                self._name()
            self._value()

    def _name(self) -> None:
        if self._next != '"':
            self._unexpected("was expecting double-quote to start field name")
        self._string("in field name", "name")
        if not self._skip():
            self._ended(" within/between Object entries")
        if self._next != ":":
            self._unexpected("was expecting a colon to separate field name and value")
        self._at += 1
        if not self._skip():
            self._ended(" within/between Object entries")

    def _string(self, unended: str, what: str) -> None:
        separator = ": " if what == "string value" else " "
        self._at += 1
        while True:
            self._at = self._match(_PLAIN)
            match self._next:
                case "":
                    self._ended(f"{separator}{unended}")
                case '"':
                    self._at += 1
                    return
                case "\\":
                    self._escape()
                case control:
                    self._fail(
                        f"Illegal unquoted character ((CTRL-CHAR, code {ord(control)})): has to be escaped using "
                        f"backslash to be included in {what}",
                        self._at,
                    )

    def _escape(self) -> None:
        self._at += 1
        escaped = self._next
        if not escaped:
            self._ended(" in character escape sequence")
        if escaped not in '"\\/bfnrtu':
            self._fail(f"Unrecognized character escape {_named(escaped)}", self._at)
        self._at += 1
        for _ in range(4 if escaped == "u" else 0):
            if not self._next:
                self._ended(" in character escape sequence")
            if self._next not in "0123456789abcdefABCDEF":
                self._unexpected("expected a hex-digit for character escape sequence")
            self._at += 1

    def _plus(self) -> NoReturn:
        self._at += 1
        if not self._next:
            self._ended(" in a Number value")
        self._fail(
            "Unexpected character ('+' (code 43)) in numeric value: JSON spec does not allow numbers to have plus "
            "signs: enable `JsonReadFeature.ALLOW_LEADING_PLUS_SIGN_FOR_NUMBERS` to allow",
            self._at,
        )

    def _number(self) -> None:
        start = self._at
        if self._next == "-":
            self._minus()
        if self._next == "0":
            self._at += 1
            if "0" <= self._next <= "9":
                self._fail("Invalid numeric value: Leading zeroes not allowed", self._at)
        self._at = behind_whole = self._match(_DIGITS)
        if self._next == ".":
            self._at += 1
            if not self._next:
                self._fail(_IN_NUMBER.format(_named("."), _NO_FRACTION), behind_whole)
            self._digits(_NO_FRACTION, behind_whole)
        if self._next in ("e", "E"):
            self._at += 1
            if self._next in ("+", "-"):
                self._at += 1
            if not self._next:
                self._ended("expected a digit for number exponent")
            self._digits("Exponent indicator not followed by a digit", behind_whole)
        if self._at - start > _LONGEST_NUMBER:
            raise JsonError.too_long(self._at - start)

    def _minus(self) -> None:
        self._at += 1
        if not self._next:
            self._ended("No digit following sign")
        if self._next == ".":
            self._unexpected(f"expected a valid value {_VALUES}")
        is_digit = "0" <= self._next <= "9"
        if self._next == "I":
            self._at += 1
            if not self._next:
                self._ended(" in a Number value")
            if self._next in ("n", "N"):
                self._at -= 1
                self._not_standard("Infinity" if self._text[self._at + 1] == "n" else "INF", "-")
        if not is_digit:
            problem = "expected digit (0-9) to follow minus sign, for valid numeric value"
            self._fail(_IN_NUMBER.format(_named(self._next), problem), self._at)

    def _digits(self, problem: str, place: int) -> None:
        if not "0" <= self._next <= "9":
            self._fail(_IN_NUMBER.format(_named(self._next), problem), place)
        self._at = self._match(_DIGITS)

    def _word(self, word: str) -> None:
        # A $ ends true, false and null, though words may have one.
        rest = self._text[self._at : self._match(_WORD)].removeprefix(word)
        if self._text.startswith(word, self._at) and (not rest or rest.startswith("$")):
            self._at += len(word)
        else:
            self._unrecognized()

    def _is_word(self, word: str) -> bool:
        return self._text[self._at : self._match(_WORD)] == word

    def _not_standard(self, word: str, sign: str = "") -> NoReturn:
        if self._is_word(word):
            self._fail(
                f"Non-standard token '{sign}{word}': enable `JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS` to allow",
                self._at + len(word),
            )
        self._unrecognized(sign)

    def _unrecognized(self, sign: str = "") -> NoReturn:
        end = self._match(_WORD)
        word = sign + self._text[self._at : end]
        if len(word) > _LONGEST_WORD:
            word, end = f"{word[:_LONGEST_WORD]}...", self._at + _LONGEST_WORD
        self._fail(f"Unrecognized token '{word}': was expecting {_VALUES}", end)

    def _unexpected(self, wanted: str) -> NoReturn:
        self._fail(f"Unexpected character ({_named(self._next)}): {wanted}", self._at)

    def _ended(self, wanted: str) -> NoReturn:
        self._fail(f"Unexpected end-of-input{wanted}", self._at, "io.JsonEOFException")

    def _fail(self, message: str, at: int, exception: str = "JsonParseException") -> NoReturn:
        raise JsonError(f"{_CORE}{exception}", f"{message}\n at [{_place(self._text, at)}]")


def _named(character: str) -> str:
    code = ord(character)
    return f"'{character}' (code {code})" if character >= " " else f"(CTRL-CHAR, code {code})"
