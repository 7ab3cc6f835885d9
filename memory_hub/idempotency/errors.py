"""How a key can be used wrongly, or at the wrong moment."""

from memory_hub.core.errors import HubError


class MalformedKey(HubError):
    status, code, title = 400, "idempotency-key-malformed", "The Idempotency-Key is malformed"

    def __init__(self) -> None:
        detail = "An Idempotency-Key has 1 to 255 printable ASCII characters."
        error = {"pointer": "header:Idempotency-Key", "code": "malformed", "detail": detail}
        super().__init__(detail, errors=[error])


class KeyReused(HubError):
    status, code, title = 422, "idempotency-key-reused", "The key belongs to another request"


class TwinInFlight(HubError):
    status, code, title = 409, "idempotency-in-flight", "The same request is still being answered"
    headers = {"Retry-After": "1"}


class FirstOutcomeUnknown(HubError):
    status, code = 409, "idempotency-outcome-unknown"
    title = "It is not known whether the first request was carried out"


class AnswerSecret(HubError):
    status, code, title = 409, "idempotency-answer-secret", "The answer held a secret told once"


class AnswerPurged(HubError):
    status, code, title = 410, "idempotency-answer-purged", "What the request answered is purged"
