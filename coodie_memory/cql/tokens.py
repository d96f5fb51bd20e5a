"""The words of CQL: which are keywords, which may also be names, and what a message calls a token.

A token's kind is a string: a punctuation mark stands for itself, a keyword is `K_` and the word, the rest are
`IDENT`, `QUOTED_NAME`, `EMPTY_QUOTED_NAME`, `STRING_LITERAL`, `INTEGER`, `FLOAT`, `BOOLEAN`, `DURATION`, `UUID`,
`HEXNUMBER`, `QMARK`, `RANGE` and `EOF`: the names that the server's messages use.
"""

IDENT = "IDENT"
QUOTED_NAME = "QUOTED_NAME"
EMPTY_QUOTED_NAME = "EMPTY_QUOTED_NAME"
STRING = "STRING_LITERAL"
INTEGER = "INTEGER"
FLOAT = "FLOAT"
BOOLEAN = "BOOLEAN"
DURATION = "DURATION"
UUID = "UUID"
HEX = "HEXNUMBER"
MARKER = "QMARK"
RANGE = "RANGE"
EOF = "EOF"
BROKEN = "BROKEN"
"""What cannot be read; it stands last and matches nothing."""


def _kinds(words: str) -> frozenset[str]:
    return frozenset(f"K_{word}" for word in words.split())


BASIC_UNRESERVED = _kinds(
    "KEYS AS CLUSTER CLUSTERING COMPACT STORAGE TABLES TYPE TYPES VALUES MAP LIST FILTERING PERMISSION PERMISSIONS "
    "KEYSPACES ALL USER USERS ROLE ROLES IDENTITY SUPERUSER NOSUPERUSER LOGIN NOLOGIN OPTIONS PASSWORD HASHED EXISTS "
    "CUSTOM TRIGGER CONTAINS INTERNALS ONLY STATIC FROZEN TUPLE FUNCTION FUNCTIONS AGGREGATE AGGREGATES SFUNC STYPE "
    "FINALFUNC INITCOND RETURNS LANGUAGE CALLED INPUT LIKE PER PARTITION GROUP DATACENTERS CIDRS ACCESS DEFAULT MBEAN "
    "MBEANS REPLACE UNSET MASKED UNMASK SELECT_MASKED VECTOR ANN"
)
"""May be any name, also a type's and a function's."""

NATIVE_TYPES = _kinds(
    "ASCII BIGINT BLOB BOOLEAN COUNTER DECIMAL DOUBLE DURATION FLOAT INET INT SMALLINT TEXT TIMESTAMP TINYINT UUID "
    "VARCHAR VARINT TIMEUUID DATE TIME"
)
"""May be any name but a user type's."""

COLUMN_UNRESERVED = _kinds("TTL COUNT WRITETIME MAXWRITETIME KEY CAST JSON DISTINCT")
"""May be a column's name, not a function's."""

RESERVED = _kinds(
    "ADD ALLOW ALTER AND APPLY ASC AUTHORIZE BATCH BEGIN BY COLUMNFAMILY CREATE DELETE DESC DESCRIBE DROP ENTRIES "
    "EXECUTE FROM FULL GRANT IF IN INDEX INSERT INTO IS KEYSPACE LIMIT MATERIALIZED MODIFY NAN INFINITY NORECURSIVE "
    "NOT NULL OF ON OR ORDER PRIMARY RENAME REVOKE SCHEMA SELECT SET TABLE TO TOKEN TRUNCATE UNLOGGED UPDATE USE "
    "USING VIEW WHERE WITH"
)

_SYNONYMS = {
    "table": "K_COLUMNFAMILY",
    "columnfamilies": "K_TABLES",
    "nan": "K_POSITIVE_NAN",
    "infinity": "K_POSITIVE_INFINITY",
    "true": BOOLEAN,
    "false": BOOLEAN,
}
KEYWORDS = {
    kind[2:].lower(): kind for kind in BASIC_UNRESERVED | NATIVE_TYPES | COLUMN_UNRESERVED | RESERVED
} | _SYNONYMS
"""The kind of each word, in lower case, that is not a plain IDENT."""

UNRESERVED = BASIC_UNRESERVED | NATIVE_TYPES | COLUMN_UNRESERVED
UNQUOTED_NAMES = UNRESERVED | {IDENT}
NAMES = UNQUOTED_NAMES | {QUOTED_NAME}
"""What may name a column, a table, a keyspace."""
FUNCTION_NAMES = BASIC_UNRESERVED | NATIVE_TYPES | {IDENT, QUOTED_NAME, "K_TOKEN", "K_COUNT"}
"""What may name a function."""
TYPE_NAMES = BASIC_UNRESERVED | {IDENT, QUOTED_NAME, "K_KEY"}
"""What may name a user type."""

NON_NUMBERS = {
    "K_POSITIVE_NAN": "NaN",
    "K_NEGATIVE_NAN": "NaN",
    "K_POSITIVE_INFINITY": "Infinity",
    "K_NEGATIVE_INFINITY": "-Infinity",
}
"""The floats that are words; the server forgets the sign of NaN."""
CONSTANTS = frozenset({STRING, INTEGER, FLOAT, BOOLEAN, DURATION, UUID, HEX}) | frozenset(NON_NUMBERS)


def display(kind: str) -> str:
    """What a message calls the token that was expected."""
    if kind.startswith("K_") or kind.isupper():
        return kind
    return "'\\*'" if kind == "*" else f"'{kind}'"
