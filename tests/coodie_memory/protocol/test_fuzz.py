"""Nothing that a peer sends breaks the protocol; `python -m conformance.fuzz` sends more of it."""

from pathlib import Path

from conformance import fuzz


def test_broken_frames_are_refused_and_break_nothing():
    corpus = fuzz.samples(Path(__file__).parent / "recordings")
    fuzz.run(corpus, frames=10_000, seed=20)
