"""The kinds of parts that a list is cut into, so that each of them has an index."""

from django.db.models import Q


class Granted(Q):
    """The branch of what is granted to the caller: small, and in many spaces."""


class OfMany(Q):
    """A branch of spaces in which many have memories."""


class Joined(OfMany):
    """The branch of the caller's teams: many spaces, each in the order of an index."""
