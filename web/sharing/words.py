"""Words for roles and places: what each lets people do."""

from django.utils.translation import gettext_lazy as _

# By role: its name, and what it lets do.
ROLES = (
    ("viewer", _("viewer"), _("reads it, and its links")),
    ("editor", _("editor"), _("reads and changes it, sees and restores its versions")),
    ("admin", _("admin"), _("also moves it, deletes it and decides who may see it")),
)
# By scope: its name, and who sees what is there.
PLACES = {
    "personal": (_("personal"), _("Only its owner sees it, and those with a role of their own.")),
    "team": (
        _("team"),
        _("Every member of the team sees it; the team's admins may move and delete it."),
    ),
    "public": (_("public"), _("Everybody who uses this hub sees it.")),
}
