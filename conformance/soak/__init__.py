"""Many clients against one server for a long time, most of them badly behaved: nothing breaks, and nothing is left behind.

`clients` are who comes; `server` serves them in a process of its own, and tells what it holds; `__main__` sends them in
rounds, and judges.
"""
