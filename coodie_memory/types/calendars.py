"""Days of the proleptic Gregorian calendar for any year; Python's own ends at both sides."""

import datetime as dt

_CYCLE_DAYS, _CYCLE_YEARS = 146_097, 400
_EPOCH = dt.date(1970, 1, 1).toordinal()


def day(year: int, month: int, day: int) -> int:
    """Days since 1970-01-01; ValueError if there is no such date."""
    cycles, of_cycle = divmod(year - 2000, _CYCLE_YEARS)
    return dt.date(2000 + of_cycle, month, day).toordinal() - _EPOCH + cycles * _CYCLE_DAYS


def civil(days: int) -> tuple[int, int, int]:
    """Year (zero and negative ones, too), month and day of a number of days since 1970-01-01."""
    cycles, of_cycle = divmod(days, _CYCLE_DAYS)
    date = dt.date.fromordinal(_EPOCH + of_cycle)
    return date.year + cycles * _CYCLE_YEARS, date.month, date.day


def month_length(year: int, month: int) -> int:
    """How many days the month has."""
    return day(year + month // 12, month % 12 + 1, 1) - day(year, month, 1)


def year_text(year: int) -> str:
    """Four digits at least; a sign in front of more than four."""
    return f"{year:+05d}" if abs(year) > 9999 or year < 0 else f"{year:04d}"
