"""Events as the journal and the tables of writes have them."""


def kind_of(event):
    """As the journal calls it."""
    return f"{type(event).__name__.removesuffix('Changed').lower()}.{event.kind}"


def read(event):
    """The event as the tables write it."""
    kind = type(event).__name__.removesuffix("Changed").lower()
    email = getattr(event, "email", None)
    return " ".join(filter(None, (kind, event.kind.value, email)))


def filled(value, ids):
    """What a table says, with the ids that stand for ``{…}`` in it."""
    if isinstance(value, str):
        return value.format(**ids) if "{" in value else value
    if isinstance(value, list):
        return [filled(one, ids) for one in value]
    if isinstance(value, dict):
        return {key: filled(one, ids) for key, one in value.items()}
    return value
