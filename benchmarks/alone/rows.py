"""What the do-nothing drivers answer: the row of the table that every ODM has a model of, a hundred times."""

COLUMNS = ("owner", "seq", "title", "status", "priority", "done", "created", "ticket")
ROWS = tuple(
    (1, seq, f"title {seq}", "todo", seq % 5, seq % 2 == 0, seq * 1000, seq // 10) for seq in range(100)
)
DICTS = tuple(dict(zip(COLUMNS, row, strict=True)) for row in ROWS)
