"""Words for roles in teams, and for what plain members may do."""

from django.utils.translation import gettext_lazy as _

ROLES = {"member": _("member"), "admin": _("admin")}
DEFAULT_ROLES = {
    "viewer": _("Members read the team's memories"),
    "editor": _("Members read and change the team's memories"),
}
