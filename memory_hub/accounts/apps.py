from django.apps import AppConfig

from memory_hub.accounts.scopes import SCOPES
from memory_hub.core.features import CachedTable, Features, SideBarItem
from memory_hub.events.order import Stage


class AccountsConfig(AppConfig):
    name = "memory_hub.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"
    features = Features(
        prefix="/accounts",
        urls="memory_hub.accounts.urls",
        tag="Oneself, tokens and teams",
        scopes=SCOPES,
        cached_tables={
            # Answers are kept for tokens only: no password is in them.
            "accounts_user": CachedTable(
                harmless=frozenset({"password", "last_login", "date_joined", "language"}),
                far=frozenset({"email"}),
            ),
            "accounts_token": CachedTable(harmless=frozenset({"last_used_at"})),
            "accounts_team": CachedTable(
                harmless=frozenset({"created_at"}), far=frozenset({"key"})
            ),
            "accounts_membership": CachedTable(),
        },
        side_bar=(
            SideBarItem("People", "Users", "person", model="accounts.user"),
            SideBarItem("People", "Teams", "groups", model="accounts.team"),
            SideBarItem("People", "Memberships", "badge", model="accounts.membership"),
            SideBarItem("People", "Tokens", "key", model="accounts.token"),
            SideBarItem("People", "Permission groups", "shield_person", model="auth.group"),
        ),
        jobs=(
            "memory_hub.accounts.jobs.FORGET_SESSIONS",
            "memory_hub.accounts.jobs.FORGET_INVITATIONS",
        ),
        subscribers={
            Stage.ANSWERS: ("memory_hub.accounts.generations.outdate",),
            Stage.RECORD: ("memory_hub.accounts.recorded.record",),
        },
        openapi="memory_hub.accounts.openapi",
        order=20,
    )

    def ready(self) -> None:
        from memory_hub.accounts import ended_sessions  # noqa: F401 - it registers itself
