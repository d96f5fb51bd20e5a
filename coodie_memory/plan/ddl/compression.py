"""The `compression` option: compressors and their sub-options. The engine compresses nothing; it checks and remembers."""

import re
from collections.abc import Mapping

from coodie_memory.errors import ConfigurationException, ServerError
from coodie_memory.plan.ddl.subsettings import INTS
from coodie_memory.types import floattext
from coodie_memory.types.floats import real
from coodie_memory.types.hashing import hashed_texts

_PACKAGE = "org.apache.cassandra.io.compress."
_OPTIONS: Mapping[str, tuple[str, ...]] = {
    "LZ4Compressor": ("lz4_compressor_type", "lz4_high_compressor_level"),
    "SnappyCompressor": (),
    "DeflateCompressor": (),
    "ZstdCompressor": ("compression_level",),
    "NoopCompressor": (),
}
_DISABLED = {"enabled": "false"}
_INTEGER = "[+-]?[0-9]+"
_ZSTD_LEVELS = range(-(2**17), 23)
DEFAULT: Mapping[str, str] = {"class": f"{_PACKAGE}LZ4Compressor", "chunk_length_in_kb": "16"}


def renamed(given: Mapping[str, str]) -> Mapping[str, str]:
    """The map with its oldest names exchanged for those of today; an empty class means no compression."""
    names = {"sstable_compression": "class", "chunk_length_kb": "chunk_length_in_kb"}
    options = {names.get(name, name): value for name, value in given.items()}
    return {} if options.get("class") == "" else options


def compression(given: Mapping[str, str]) -> Mapping[str, str]:
    """The map as the server stores it: the class with its package, the chunk length filled in."""
    options = dict(given)
    enabled = options.pop("enabled", "true").lower() == "true"
    if given and enabled and "class" not in options:
        raise ConfigurationException("Missing sub-option 'class' for the 'compression' option.")
    if not enabled and options:
        raise ConfigurationException(
            "If the 'enabled' option is set to false no other options must be specified"
        )
    if not options:
        return _DISABLED
    name = options.pop("class")
    if not name:
        raise ConfigurationException(
            "The 'class' option must not be empty. To disable compression use 'enabled' : false"
        )
    kilobytes = _chunk_length(options.pop("chunk_length_in_kb", "16"))
    ratio = _ratio(options.pop("min_compress_ratio", "0"))
    short = name.removeprefix(_PACKAGE)
    if short not in _OPTIONS:
        full = name if "." in name else _PACKAGE + name
        raise ConfigurationException(f"Could not create Compression for type {full}")
    _check_compressor(short, options)
    _check_limits(kilobytes, ratio)
    shown = {"chunk_length_in_kb": str(kilobytes), "class": _PACKAGE + short, **options}
    return {**shown, "min_compress_ratio": floattext.double(ratio)} if ratio else shown


def _check_compressor(name: str, options: Mapping[str, str]) -> None:
    kind = options.get("lz4_compressor_type", "fast")
    if name == "LZ4Compressor" and kind not in {"high", "fast"}:
        raise ConfigurationException(
            f"Invalid compressor type '{kind}' specified for LZ4 parameter 'lz4_compressor_type'. "
            "Valid options are [high, fast]."
        )
    level = options.get("lz4_high_compressor_level", "9")
    if name == "LZ4Compressor" and not (re.fullmatch(_INTEGER, level) and 1 <= int(level) <= 17):
        raise ConfigurationException(
            f"Invalid value [{level}] for parameter 'lz4_high_compressor_level'. Value must be between 1 and 17."
        )
    if name == "ZstdCompressor":
        _check_zstd_level(options.get("compression_level", "3"))
    if unknown := [option for option in hashed_texts(options) if option not in _OPTIONS[name]]:
        raise ConfigurationException(f"Unknown compression options {unknown[0]}")


def _check_zstd_level(level: str) -> None:
    failed = "ZstdCompressor.create() threw an error: java.lang."
    if not re.fullmatch(_INTEGER, level) or int(level) not in INTS:
        raise ConfigurationException(f'{failed}NumberFormatException For input string: "{level}"')
    if int(level) not in _ZSTD_LEVELS:
        raise ConfigurationException(
            f"{failed}IllegalArgumentException compression_level={int(level)} is invalid"
        )


def _check_limits(kilobytes: int, ratio: float) -> None:
    if kilobytes <= 0:
        raise ConfigurationException("Invalid negative or null chunk_length_in_kb")
    if kilobytes & (kilobytes - 1):
        raise ConfigurationException("chunk_length_in_kb must be a power of 2")
    if ratio < 0:
        raise ConfigurationException("Invalid negative min_compress_ratio")
    if 0 < ratio < 1:
        raise ConfigurationException("min_compress_ratio can either be 0 or greater than or equal to 1")


def _chunk_length(raw: str) -> int:
    if not re.fullmatch(_INTEGER, raw) or not -(2**31) <= int(raw) < 2**31:
        raise ConfigurationException("Invalid value for chunk_length_in_kb")
    if int(raw) > (2**31 - 1) // 1024:
        raise ConfigurationException(f"Value of chunk_length_in_kb is too large ({int(raw)})")
    return int(raw)


def _ratio(raw: str) -> float:
    ratio = real(raw)
    if ratio is None:
        raise ServerError(f'java.lang.NumberFormatException: For input string: "{raw}"')
    return ratio
