"""Benches that run a whole demo centre and use it as everybody does."""
