"""How a command says that it could not do what it was asked."""


class CommandFailed(Exception):
    """One clear sentence for a person; printed without a traceback, exit status 1."""
