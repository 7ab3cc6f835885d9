from django.apps import AppConfig

from memory_hub.caching.statements import CachedTable


class AccountsConfig(AppConfig):
    name = "memory_hub.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"
    cached_tables = {
        # Answers are kept for tokens only: no password is in them.
        "accounts_user": CachedTable(
            harmless=frozenset({"password", "last_login", "date_joined"}), far=frozenset({"email"})
        ),
        "accounts_token": CachedTable(harmless=frozenset({"last_used_at"})),
        "accounts_team": CachedTable(harmless=frozenset({"created_at"}), far=frozenset({"key"})),
        "accounts_membership": CachedTable(),
    }
