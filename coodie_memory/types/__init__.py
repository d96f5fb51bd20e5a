"""What a value is: each CQL type's text, validation, encoding, order, literals and JSON, over wire bytes."""
