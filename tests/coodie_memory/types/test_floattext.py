"""Float and double texts, each printed by Java 17, which is not always the shortest text that reads back."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coodie_memory.types import floattext

DOUBLES = [
    (0.0, "0.0"),
    (-0.0, "-0.0"),
    (1.0, "1.0"),
    (0.1, "0.1"),
    (123123.123123, "123123.123123"),
    (0.001, "0.001"),
    (1e-4, "1.0E-4"),
    (9999999.0, "9999999.0"),
    (1e7, "1.0E7"),
    (1e21, "1.0E21"),
    (1e23, "9.999999999999999E22"),
    (2e23, "1.9999999999999998E23"),
    (5e-324, "4.9E-324"),
    (2.0**60, "1.15292150460684698E18"),
    (1.7976931348623157e308, "1.7976931348623157E308"),
    (0.0026533429089601645, "0.0026533429089601645"),
    (float("nan"), "NaN"),
    (float("-inf"), "-Infinity"),
]
FLOATS = [
    (0.1, "0.1"),
    (16777216.0, "1.6777216E7"),
    (3.4028235e38, "3.4028235E38"),
    (1.1754944e-38, "1.17549435E-38"),
    (1.4e-45, "1.4E-45"),
    (2e-44, "2.0E-44"),
    (7.363007290143325e25, "7.3630072E25"),
    (-6.085327688354369e25, "-6.0853276E25"),
]


@pytest.mark.parametrize(("value", "text"), DOUBLES)
def test_double_prints_as_java_prints_it(value, text):
    assert floattext.double(value) == text


@pytest.mark.parametrize(("value", "text"), FLOATS)
def test_float_prints_as_java_prints_it(value, text):
    assert floattext.float32(value) == text


@given(st.floats(allow_nan=False))
def test_double_text_reads_back(value):
    assert float(floattext.double(value)) == value


@given(st.floats(allow_nan=False, allow_infinity=False, width=32))
def test_float_text_reads_back(value):
    assert struct.pack(">f", float(floattext.float32(value))) == struct.pack(">f", value)
