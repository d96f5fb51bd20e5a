"""How fast the engine is beside what people test with today: `python -m benchmarks`, ratios taken in one run."""
