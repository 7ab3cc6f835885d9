"""The spellings of a token in the headers of a request."""

from base64 import b64encode

SPELLINGS = (
    "bearer",
    "BEARER",
    "Token",
    "token",
    "Basic",
    "Basic with an address",
    "x-api-key",
    "both",
)


def spelt(token: str, how: str) -> dict[str, str]:
    """The headers that show the token, by one of SPELLINGS."""
    if how == "x-api-key":
        return {"x-api-key": token}
    if how == "both":
        return {"x-api-key": token, "Authorization": f"Token {token}"}
    if how.startswith("Basic"):
        return {"Authorization": f"Basic {basic(token, 'mina@example.com' if ' ' in how else '')}"}
    return {"Authorization": f"{how} {token}"}


def basic(password: str, user: str = "") -> str:
    """What stands behind the word Basic."""
    return b64encode(f"{user}:{password}".encode()).decode()
