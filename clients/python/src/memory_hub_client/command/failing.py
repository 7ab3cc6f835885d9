"""How the command ends where it cannot do what it is told."""


class Failed(Exception):
    """What the person is told; the command ends with 1."""
