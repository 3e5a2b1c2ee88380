"""The pieces an expression is made of. Each knows its own value in a scope."""
