"""Pure decisions: what a policy says, and whether a move is allowed; no I/O."""
