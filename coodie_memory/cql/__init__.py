"""CQL text to a tree, and nothing about what the names in it mean.

`statements.parse` is the way in: `lexer` cuts the text into `tokens`, a `cursor` walks over them, and the grammar is
functions over the cursor, a module for each chapter: `names`, `typenames`, `terms`, `selectors`, `relations`,
`assignments`, `clauses`, `properties`, then the statements of `dml`, `tables`, `objects`, `roles`, `describing`. They
build the values of `ast`, which `text` prints as the server echoes them. What does not fit is a `SyntaxException` in
the server's words, which `cursor` and, for what is no token, `complaints` know.
"""
