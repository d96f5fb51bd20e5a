"""What is measured in a process and an environment of its own: each module is a program that prints JSON.

`stopwatch` and `rows` are all that they share; nothing here is imported by anything of ours.
"""
