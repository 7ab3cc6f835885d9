"""Each call of Google that the store makes: its parameters, its mask, its cost and its safety."""

from google_docs.client.documents import Documents
from google_docs.client.files import Files
from google_docs.client.identity import File
from google_docs.client.permissions import Permissions
from google_docs.client.revisions import History

__all__ = ["Calls", "File"]


class Calls(Files, Documents, Permissions, History):
    """Google as one identity sees it. Errors are `GoogleDocsError`s."""
