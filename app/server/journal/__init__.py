"""The journal: an append-only record of every input, what it caused, and nothing else."""
