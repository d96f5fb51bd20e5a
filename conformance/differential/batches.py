"""Batches of a few writes."""

from conformance.differential import writes
from conformance.differential.sketch import Sketch


def batch(sketch: Sketch) -> writes.Write:
    """A batch. With conditions it rarely says anything else, since conditions must agree."""
    dice = sketch.dice
    conditional = dice.chance(15)
    kind = (
        "COUNTER "
        if sketch.table.counts is not sketch.slips(10)
        else dice.weighted((50, ""), (50, "UNLOGGED "))
    )
    using = (
        f" USING TIMESTAMP {sketch.number(1, 2, 3)}"
        if not conditional and not sketch.table.counts and dice.chance(20)
        else ""
    )
    makers = (
        (writes.update,)
        if sketch.table.counts and not sketch.slips(10)
        else (writes.insert, writes.update, writes.delete)
    )
    made = [
        dice.pick(makers)(sketch, conditions=conditional, timestamps=not (using or conditional))
        for _ in range(dice.number(1, 3))
    ]
    text = "\n".join((f"BEGIN {kind}BATCH{using}", *(f"  {one.text};" for one in made), "APPLY BATCH"))
    return writes.Write(text, made[0].probe, any(one.conditional for one in made))
