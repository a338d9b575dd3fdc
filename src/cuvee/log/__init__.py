"""The transparency log: entries, their Merkle tree, signed checkpoints, and proofs of all three."""
