"""Overload resolution and numbers, where a conformance script could not look or would be too long."""

from decimal import Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coodie_memory.plan.functions import registry
from coodie_memory.plan.functions.numbers import BY_NAME, common
from coodie_memory.plan.nodes import Aggregate, Function
from coodie_memory.types.decimals import DECIMAL
from coodie_memory.types.integers import BIGINT, INT, TINYINT, VARINT
from coodie_memory.types.names import NATIVE


def overload(name, *types):
    (found,) = (one for one in registry.overloads()[name] if one.argument_types == types)
    return found


def value(function, *values):
    raws = [kind.encode(each) for kind, each in zip(function.argument_types, values, strict=True)]
    return function.returns.decode(function.body(None, *raws))


def folded(aggregate, *values):
    state = aggregate.start()
    for each in values:
        state = aggregate.step(state, None if each is None else aggregate.argument_types[0].encode(each))
    raw = aggregate.finish(state)
    return None if raw is None else aggregate.returns.decode(raw)


@pytest.mark.parametrize(
    ("left", "right", "result"),
    [
        ("tinyint", "smallint", "smallint"), ("counter", "int", "bigint"), ("tinyint", "float", "float"),
        ("bigint", "float", "double"), ("varint", "bigint", "varint"), ("varint", "double", "decimal"),
        ("decimal", "tinyint", "decimal"), ("float", "double", "double"),
    ],
)  # fmt: skip
def test_result_is_as_wide_as_the_wider_operand(left, right, result):
    assert result == common(BY_NAME[left], BY_NAME[right]).type.cql()


@given(st.integers(-(2**31), 2**31 - 1), st.integers(-(2**31), 2**31 - 1))
def test_integers_wrap(one, other):
    total = value(overload("_add", INT, INT), one, other)

    assert (one + other - total) % 2**32 == 0


@given(st.integers(-1000, 1000), st.integers(-1000, 1000).filter(bool))
def test_quotient_and_remainder_make_up_the_dividend(dividend, divisor):
    quotient = value(overload("_divide", INT, INT), dividend, divisor)
    remainder = value(overload("_modulo", INT, INT), dividend, divisor)

    assert dividend == quotient * divisor + remainder
    assert remainder == 0 or (remainder < 0) == (dividend < 0)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=5), st.integers(1, 10**6))
def test_decimal_quotient_is_right_to_32_digits(dividend, divisor):
    quotient = value(overload("_divide", DECIMAL, INT), dividend, divisor)

    with localcontext(prec=100):
        assert abs(quotient * divisor - dividend) <= abs(dividend) * Decimal("1e-30") + Decimal("1e-20")


def test_sum_of_tinyint_wraps_and_average_does_not():
    assert folded(overload("sum", TINYINT), 100, 100) == -56
    assert folded(overload("avg", TINYINT), 100, None, 100) == 100


def test_folds_of_nothing_are_zero():
    for name in ("sum", "avg"):
        for kind in (TINYINT, BIGINT, VARINT, DECIMAL):
            assert folded(overload(name, kind)) == 0


def test_average_of_decimals_runs():
    assert Decimal(1) == folded(overload("avg", DECIMAL), Decimal(1), Decimal(2))
    assert Decimal("1.50") == folded(overload("avg", DECIMAL), Decimal(1), Decimal("2.00"))


def test_average_of_bigints_does_not_overflow():
    assert folded(overload("avg", BIGINT), 2**63 - 1, 2**63 - 1) == 2**63 - 1


def test_every_native_type_goes_to_a_blob_and_back():
    for name, kind in NATIVE.items():
        if name == "blob":
            continue
        to_blob, back = registry.overloads()[f"{name}asblob"][0], registry.overloads()[f"blobas{name}"][0]
        assert (kind,) == to_blob.argument_types
        assert kind is back.returns


def test_casts_saturate_and_wrap():
    double, varint = NATIVE["double"], NATIVE["varint"]

    assert value(overload("cast_as_int", double), 1e40) == 2**31 - 1
    assert value(overload("cast_as_int", double), float("nan")) == 0
    assert value(overload("cast_as_tinyint", double), 1e40) == -1, "by way of an int"
    assert value(overload("cast_as_tinyint", varint), 300) == 44


def test_names_are_of_functions_of_one_kind():
    for overloads in registry.overloads().values():
        assert len({type(one) for one in overloads}) == 1
        assert isinstance(overloads[0], Function | Aggregate)
        assert len({one.argument_types for one in overloads}) == len(overloads), overloads[0].name
