"""What exists: objects of the schema, the catalog of all of them, and the CQL that makes them."""
