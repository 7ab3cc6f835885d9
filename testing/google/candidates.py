"""Who may do what with a file of the double."""

from datetime import timedelta

from testing.google.world import Caller, File, World, rfc3339


class Candidate:
    """A file as the list index sees it; what a query does not ask for is not worked out."""

    def __init__(self, world: World, caller: Caller, file: File) -> None:
        self.world, self.caller, self.file = world, caller, file
        self.trashed, self.name, self.mimeType = world.in_trash(file), file.name, file.mime
        self.properties = file.properties.get(caller.app, {})

    @property
    def parents(self) -> list[str]:
        root = ["root"] if self.caller.account.root in self.file.parents else []
        return self.file.parents + root

    @property
    def modifiedTime(self) -> str:
        return rfc3339(self.file.modified)

    @property
    def createdTime(self) -> str:
        return rfc3339(self.file.created)

    @property
    def indexed_text(self) -> str:
        file, horizon = self.file, self.world.clock.now() - timedelta(seconds=self.world.text_lag)
        texts = [text for moment, text in file.texts if moment <= horizon]
        return f"{file.name}\n{file.description or ''}\n{texts[-1] if texts else ''}"

    def has_role(self, email: str, field: str) -> bool:
        email = self.caller.account.email if email == "me" else email
        roles = {p["role"] for p in self.file.permissions.values() if p["emailAddress"] == email}
        return ("owner" in roles) if field == "owners" else bool(roles)
