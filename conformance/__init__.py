"""What any CQL backend must do, confirmed by a real server; `README.md` says how."""
