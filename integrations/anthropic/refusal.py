"""What the model is told of a command that is not carried out."""


class Refused(Exception):
    """The command was understood and is not carried out; the message says why."""
