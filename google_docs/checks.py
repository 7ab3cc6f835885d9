"""What `manage.py check` says of the Google Docs settings."""

from django.conf import settings
from django.core.checks import CheckMessage, Warning

from google_docs.access.token_encryption import BadKey, TokenEncryption


def google_docs_settings() -> list[CheckMessage]:
    """Half of a configuration is most likely a mistake; none at all is not."""
    config = settings.GOOGLE_DOCS
    found: list[CheckMessage] = []
    if config.client_id and not config.oauth:
        missing = ", ".join(config.missing())
        found.append(
            Warning(f"Google accounts cannot be connected: {missing} is not set.", id="gdocs.W001")
        )
    if config.service == "service-account" and not config.drive_id:
        found.append(
            Warning(
                "A service account has no storage in My Drive.",
                hint="Set GOOGLE_DRIVE_ID or GOOGLE_DELEGATED_SUBJECT.",
                id="gdocs.W002",
            )
        )
    if config.double:
        found.append(
            Warning("GOOGLE_API_ROOT is set: a double stands in for Google.", id="gdocs.W003")
        )
    if config.token_keys:
        try:
            TokenEncryption(list(config.token_keys))
        except BadKey as error:
            found.append(Warning(str(error), id="gdocs.W004"))
    return found
