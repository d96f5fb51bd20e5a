"""The differential machine: random statements on two targets that must answer the same; a difference becomes a script.

`dice` chooses; `schema` and `shapes` make tables; `values`, `jsontexts`, `sketch`, `where`, `expressions`, `reads`, `writes`,
`batches`, `definitions` and `mutilation` write statements;
`cases` strings them together; `machine` runs and compares them; `explained` is what two equal servers may answer
differently; `shrinking` makes a difference small; `census` counts, so that nobody need believe it was hard.
"""
