"""The product's own controls: painted from tokens, each with a name for tests and for readers."""
