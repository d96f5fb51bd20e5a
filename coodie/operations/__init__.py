"""Every I/O story of the ODM, once, as generators that both faces run.

`steps` says how they speak; `reads`, `writes`, `bulk` and `tables` are the stories.
"""
