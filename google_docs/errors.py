"""What a caller of the Google Docs store can meet, and how Google's answers map to it."""

import json
import math
import re
from dataclasses import dataclass, field
from typing import Any, Self

from memory_hub.core.errors import HubError, NotFound
from memory_hub.core.links import link_to

CONNECT_PAGE = "/google-docs/connect"
_REASON = re.compile(r"\w{1,64}", re.ASCII)  # what of Google's words is passed on
MOST_SECONDS = 86400.0  # of a Retry-After that is passed on


class GoogleDocsError(HubError):
    """A refusal or a failure of this store.

    `transient`: another try may succeed. `untouched`: Google certainly did not carry the call
    out, so that even a call which is not repeatable may be sent again. `answered`: Google itself
    said so; a call that would be done twice is believed only when it was looked for. `retry_after`:
    seconds that Google asked to wait, if it did.
    """

    status, code, title = 502, "google-unavailable", "Google could not be used"
    transient = False
    untouched = True
    answered = False
    lost_connection = False
    retry_after: float | None = None
    said: str = ""  # Google's own words, for the self-check alone: they may hold an address

    def after(self, seconds: float | None) -> Self:
        """The same error, telling the caller when to try again."""
        self.retry_after = seconds
        if seconds is not None:
            self.headers = {"Retry-After": str(max(1, math.ceil(seconds)))}
        return self


class NotConfigured(GoogleDocsError):
    status, code, title = 503, "google-docs-not-configured", "Google Docs is not configured"


class _ConsentNeeded(GoogleDocsError):
    """With the page on which the account is connected."""

    def __init__(self, detail: str = "", **extra: Any):
        super().__init__(detail, **({"authorize_url": link_to(CONNECT_PAGE)} | extra))


class NotConnected(_ConsentNeeded):
    status, code, title = 503, "google-account-not-connected", "No Google account is connected"


class ReauthorizationRequired(_ConsentNeeded):
    status, code, title = 503, "reauthorization-required", "Google wants the consent again"


class ScopeMissing(GoogleDocsError):
    status, code, title = 503, "scope-missing", "The consent does not cover this call"


class ApiDisabled(GoogleDocsError):
    status, code, title = 503, "api-disabled", "The API is disabled in the Cloud project"


class ServiceAccountOwnsNothing(GoogleDocsError):
    status, code = 503, "service-account-has-no-storage"
    title = "A service account cannot own files"


class StorageFull(GoogleDocsError):
    status, code, title = 507, "storage-full", "The Google account's storage is full"


class GoogleRateLimited(GoogleDocsError):
    status, code, title = 429, "google-rate-limited", "Google's rate limit is reached"
    transient = True
    headers = {"Retry-After": "10"}  # unless Google or our own bucket knows better


class Forbidden(GoogleDocsError):
    status, code, title = 403, "forbidden", "Google does not allow this"


class NoSuchFile(GoogleDocsError):
    """Google shows no such file, or it is not one of ours."""

    status, code, title = 404, NotFound.code, NotFound.title


class FolderInTrash(NoSuchFile):
    """Nothing is saved where nobody would find it again."""

    status, code = 503, "folder-in-trash"
    title = "The folder for memories is gone or in Google's trash"


class NotEditable(GoogleDocsError):
    """Google tells the revision only to those who may edit, and without it no write is guarded."""

    status, code, title = 403, "forbidden", "Google lets this account read, not edit"


class RevisionMismatch(GoogleDocsError):
    """Docs refused a write: someone revised the document first."""

    status, code, title = 409, "conflict", "The document is being edited by someone else"


class WouldLoseStructure(GoogleDocsError):
    """A text cannot say what it is to replace: `lost` counts it by kind."""

    status, code, title = 409, "would-lose-structure", "This would destroy parts of the document"

    def __init__(self, lost: dict[str, int]) -> None:
        kinds = ", ".join(kind.replace("_", " ") for kind in sorted(lost))
        super().__init__(
            f"The change cuts what plain text cannot hold: {kinds}. Change the text around it, or "
            "send force: true to write over it.",
            lost=counted(lost),
        )


def counted(kinds: dict[str, int]) -> list[dict[str, Any]]:
    """Kinds of structure as answers list them."""
    return [{"kind": kind, "count": count} for kind, count in sorted(kinds.items()) if count]


class TooLarge(GoogleDocsError):
    status, code, title = 413, "too-large", "Google does not carry a text of this size"


class VersionGone(GoogleDocsError):
    status, code, title = 410, "version-gone", "Google no longer keeps this version"


class SharingRefused(GoogleDocsError):
    status, code, title = 422, "sharing-refused", "Google refuses to share with this address"


class NoSuchGrant(GoogleDocsError):
    status, code, title = 422, "no-such-grant", "Nothing is granted to this address"


class FixedPermission(GoogleDocsError):
    status, code, title = 409, "permission-fixed", "This permission cannot be changed here"


class GoogleRefused(GoogleDocsError):
    """A 4xx that this hub did not expect: its own mistake, not the caller's."""

    code, title = "google-refused", "Google refused the request"


class BadAnswer(GoogleDocsError):
    """A 5xx, or an answer that is cut off: the call may have been carried out."""

    transient = True
    untouched = False


class NoAnswer(GoogleDocsError):
    """No answer in time: the call may have been carried out."""

    status, code, title = 504, "google-timeout", "Google did not answer in time"
    transient = True
    untouched = False


class NeverSent(NoAnswer):
    """The time was over while the call still waited for a thread: nothing was sent."""

    untouched = True


class GoogleUnreachable(GoogleDocsError):
    """The connection was refused, or the name is unknown: nothing was sent."""

    transient = True


class NoToken(GoogleUnreachable):
    """The token endpoint answered 429, 5xx or nonsense: no call was sent. Not tried again at once:
    each of the many calls of a credential would."""

    transient = False

    @classmethod
    def after_answer(cls, status: int, wait: str | None) -> Self:
        words = f"Google's token endpoint answered {status} and gave no token; try again."
        return cls(words).after(_seconds(wait) or 3.0)


class CredentialRefused(GoogleDocsError):
    """Google refuses the client or the service account: connecting again would not help."""

    status, code, title = 503, "credential-refused", "Google refuses this hub's credential"


class Gone(GoogleUnreachable):
    """So many connections in a row could not be made that none is tried for a while."""

    transient = False

    @classmethod
    def for_(cls, seconds: float) -> Self:
        """Everybody is sent away for as long: told when the next try is due, all would come
        back at that moment."""
        words = f"Google cannot be reached from here; it is tried again every {seconds:g} s."
        return cls(words).after(seconds)


class Busy(GoogleDocsError):
    status, code, title = 503, "google-docs-busy", "Too many calls to Google are waiting"
    headers = {"Retry-After": "1"}


RATE_REASONS = {
    "userRateLimitExceeded", "rateLimitExceeded", "sharingRateLimitExceeded", "dailyLimitExceeded",
    "RATE_LIMIT_EXCEEDED", "RESOURCE_EXHAUSTED",
}  # fmt: skip
BY_REASON: dict[str, type[GoogleDocsError]] = {
    "storageQuotaExceeded": StorageFull,
    "insufficientPermissions": ScopeMissing,
    "ACCESS_TOKEN_SCOPE_INSUFFICIENT": ScopeMissing,
    "accessNotConfigured": ApiDisabled,
    "SERVICE_DISABLED": ApiDisabled,
    "exportSizeLimitExceeded": TooLarge,
    "uploadTooLarge": TooLarge,
    "invalidSharingRequest": SharingRefused,
    **dict.fromkeys(RATE_REASONS, GoogleRateLimited),
}
BY_STATUS: dict[int, type[GoogleDocsError]] = {
    401: ReauthorizationRequired,
    403: Forbidden,
    404: NoSuchFile,
    408: NoAnswer,
    413: TooLarge,
    429: GoogleRateLimited,
}
SAID = {
    StorageFull: "Free some space in the Google account, or connect another one.",
    ScopeMissing: "Connect the account again and agree to all that the consent page lists.",
    ApiDisabled: "Enable the Google Drive API and the Google Docs API in the Cloud project.",
    TooLarge: "Google converts and exports documents of at most 10 MB.",
    GoogleRateLimited: "Try again later.",
    ReauthorizationRequired: "Google no longer accepts the credential; connect the account again.",
    SharingRefused: "The address may have no Google account; set notify to send it a mail.",
}


@dataclass(frozen=True)
class ErrorAnswer:
    """The parts of an error answer: all three shapes that Google uses come down to this."""

    reasons: list[str] = field(default_factory=list)
    message: str = ""
    retry_after: float | None = None

    @classmethod
    def read(cls, headers: Any, content: bytes) -> "ErrorAnswer":
        """Read Drive's shape, the one of Docs, and the HTML page of the front end."""
        wait = _seconds(headers.get("retry-after"))
        try:
            error = json.loads(content)["error"]
            named = [*error.get("errors", []), *error.get("details", [])]
            reasons = [item.get("reason") for item in named] + [error.get("status")]
            reasons = [reason for reason in reasons if isinstance(reason, str)]
            return cls(reasons, str(error.get("message", "")), wait)
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
            return cls(retry_after=wait)


def from_answer(status: int, headers: Any, content: bytes) -> GoogleDocsError:
    """The typed error for an error answer of Google; its text is ours, not Google's."""
    answer = ErrorAnswer.read(headers, content)
    kind = next((BY_REASON[r] for r in answer.reasons if r in BY_REASON), None)
    if kind is None or status >= 500:
        other = GoogleRefused if 400 <= status < 500 else BadAnswer
        kind = BY_STATUS.get(status, other)
    words = SAID.get(kind, f"Google answered {status}.")
    reason = next((r for r in answer.reasons if _REASON.fullmatch(r)), None)
    if reason and kind in {SharingRefused, GoogleRefused, Forbidden}:
        words = f"{words} Google's reason: {reason}."
    error = kind(words).after(answer.retry_after)
    error.answered = True
    error.said = f"{status} {', '.join(answer.reasons)} {answer.message}".strip()
    return error


def _seconds(value: str | None) -> float | None:
    try:
        seconds = float(value or "nan")
    except ValueError:
        # A date: our own back-off is as good.
        return None
    return min(seconds, MOST_SECONDS) if seconds >= 0 else None
