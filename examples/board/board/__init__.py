"""A task board: what an application with coodie looks like.

`models` are the tables. `logins`, `tasks` and `comments` are the API, a router each; `cursors` makes page states fit for a
URL. `app` puts them together: `uvicorn board.app:app`.
"""
