"""Google's answers, in the shapes recorded from the real service, as errors of ours."""

import json

import pytest

from google_docs import errors
from google_docs.errors import from_answer
from testing.google.faults import docs_error, drive_error


@pytest.mark.parametrize(
    ("status", "reason", "kind"),
    [
        (403, "storageQuotaExceeded", errors.StorageFull),
        (403, "userRateLimitExceeded", errors.GoogleRateLimited),
        (403, "rateLimitExceeded", errors.GoogleRateLimited),
        (403, "sharingRateLimitExceeded", errors.GoogleRateLimited),
        (403, "dailyLimitExceeded", errors.GoogleRateLimited),
        (403, "insufficientPermissions", errors.ScopeMissing),
        (403, "accessNotConfigured", errors.ApiDisabled),
        (403, "insufficientFilePermissions", errors.Forbidden),
        (403, "appNotAuthorizedToFile", errors.Forbidden),
        (403, "exportSizeLimitExceeded", errors.TooLarge),
        (400, "invalidSharingRequest", errors.SharingRefused),
        (400, "invalid", errors.GoogleRefused),
        (401, "authError", errors.ReauthorizationRequired),
        (404, "notFound", errors.NoSuchFile),
        (500, "internalError", errors.BadAnswer),
        (502, "backendError", errors.BadAnswer),
    ],
)
def test_drives_shape(status, reason, kind):
    found = from_answer(status, {}, json.dumps(drive_error(status, reason)).encode())
    assert type(found) is kind


@pytest.mark.parametrize(
    ("status", "state", "reason", "kind"),
    [
        (429, "RESOURCE_EXHAUSTED", "RATE_LIMIT_EXCEEDED", errors.GoogleRateLimited),
        (403, "PERMISSION_DENIED", "SERVICE_DISABLED", errors.ApiDisabled),
        (403, "PERMISSION_DENIED", "ACCESS_TOKEN_SCOPE_INSUFFICIENT", errors.ScopeMissing),
        (404, "NOT_FOUND", "", errors.NoSuchFile),
        (503, "UNAVAILABLE", "", errors.BadAnswer),
    ],
)
def test_the_shape_of_docs(status, state, reason, kind):
    body = json.dumps(docs_error(status, state, "", reason)).encode()
    assert type(from_answer(status, {}, body)) is kind


def test_a_page_in_html():
    found = from_answer(429, {"retry-after": "3"}, b"<html>automated queries</html>")
    assert type(found) is errors.GoogleRateLimited
    assert found.headers == {"Retry-After": "3"}


def test_googles_words_do_not_reach_the_caller():
    body = json.dumps(drive_error(403, "forbidden", "secret of someone@example.com")).encode()
    assert "someone" not in str(from_answer(403, {}, body))


def test_a_429_changed_nothing_and_a_5xx_may_have():
    untouched = [from_answer(status, {}, b"").untouched for status in (429, 500, 502, 503)]
    assert untouched == [True, False, False, False]


@pytest.mark.parametrize("wait", ["nan", "inf", "-1", "1e400", "soon", ""])
def test_a_retry_after_that_makes_no_sense_is_none_or_bounded(wait):
    found = from_answer(429, {"retry-after": wait}, b"")
    assert 0 < int(found.headers["Retry-After"]) <= errors.MOST_SECONDS
