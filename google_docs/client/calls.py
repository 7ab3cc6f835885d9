"""Each call of Google that the store makes: its parameters, its mask, its cost and its safety."""

from google_docs.asking.documents import Documents
from google_docs.asking.files import Files
from google_docs.asking.history import History
from google_docs.asking.identity import File
from google_docs.asking.permissions import Permissions

__all__ = ["Calls", "File"]


class Calls(Files, Documents, Permissions, History):
    """Google as one identity sees it. Errors are `GoogleDocsError`s."""
