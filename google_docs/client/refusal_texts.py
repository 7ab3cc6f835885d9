"""Why Google refuses a consent or a credential, each as one sentence with what to do."""

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

CLOCK = "clock"
REASONS = {
    "access_denied": _(
        "You did not agree on Google's page. Start again, and agree to all it lists."
    ),
    "admin_policy_enforced": _(
        "The administrator of your Google Workspace does not allow this app. Ask them to trust its "
        "client id."
    ),
    "org_internal": _(
        "This app is for the accounts of one organisation. Choose an account of it, or have the "
        "audience of the consent screen set to external."
    ),
    "disallowed_useragent": _("Google does not show its page in this browser. Open another one."),
    "redirect_uri_mismatch": _(
        "GOOGLE_OAUTH_REDIRECT_URI is not registered at the OAuth client. Add it in the Cloud "
        "project, letter by letter."
    ),
    "invalid_scope": _("Google does not know a scope of GOOGLE_SCOPES. Correct it."),
    "invalid_client": _(
        "Google does not accept the client. Check GOOGLE_OAUTH_CLIENT_ID and "
        "GOOGLE_OAUTH_CLIENT_SECRET."
    ),
    "deleted_client": _(
        "The OAuth client was deleted in the Cloud project. Make another one, set its id and its "
        "secret, and connect again."
    ),
    "unauthorized_client": _(
        "The service account may not act for this address. Allow its client id the scopes in the "
        "Workspace's admin console (domain-wide delegation)."
    ),
    "invalid_rapt": _(
        "Your Google Workspace asks people to log in again now and then. Connect the account "
        "again, or have the app exempted from that."
    ),
    "invalid_grant": _(
        "Google no longer accepts the consent: it was withdrawn, or has expired. Connect the "
        "account again."
    ),
    CLOCK: _(
        "Google does not accept the time in the token. Set the clock of this machine right (NTP)."
    ),
    "server_error": _("Google could not show its page. Try again later."),
    "temporarily_unavailable": _("Google could not show its page. Try again later."),
}
UNKNOWN = _("Google refused. Start again; if that does not help, ask the operator of this hub.")
# What only the operator can mend: connecting again would end the same way.
OPERATORS = {"invalid_client", "deleted_client", "unauthorized_client", "invalid_scope", CLOCK}


def reason_of(error: object, description: object = "", subtype: object = "") -> str:
    """The word for a refusal, from the fields of an OAuth error."""
    said = str(description).lower()
    if "iat and exp" in said or "reasonable timeframe" in said:
        return CLOCK
    return "invalid_rapt" if subtype == "invalid_rapt" else str(error)


def sentence(reason: str) -> str:
    """In the language of a page, where one asks; else in English."""
    return gettext(REASONS.get(reason, UNKNOWN))


# What Google calls by a long name when it answers.
_LONG = {
    "email": "https://www.googleapis.com/auth/userinfo.email",
    "profile": "https://www.googleapis.com/auth/userinfo.profile",
}


def missing_scopes(wanted: list[str], granted: list[str]) -> list[str]:
    """The scopes that were asked for and not given; more than was asked for is fine."""
    have = {_LONG.get(scope, scope) for scope in granted}
    return [scope for scope in wanted if _LONG.get(scope, scope) not in have]
