"""Functions, operators and casts: the native ones, a module for each family, and how a call finds its overload.

`calls` plans those that stand in a term; `resolution` serves select lists, too.
"""

from coodie_memory.plan.functions.calls import assignment, call, cast, exact_type, negation, operation

__all__ = ["assignment", "call", "cast", "exact_type", "negation", "operation"]
