"""What mem0 has and the hub has not: a clear refusal."""

from rest_framework.request import Request

from integrations.mem0.views.base import Mem0View, NotOffered

# By a word of the path, the sentence that says what to do instead.
SAID = {
    "exports": "A model makes these by a schema; no model works here. The memories themselves are "
    "in /v3/memories/, page by page.",
    "summary": "A model writes these; no model works here.",
    "members": "The hub has teams instead: see /accounts/teams.",
    "webhooks": "The hub has its own: see /superthread/webhooks.",
    "profiles": "A model writes these; no model works here.",
}


class RefusedView(Mem0View):
    def get(self, request: Request, **_: str) -> None:
        """Says what it is that there is not."""
        words = self.request.path_info.split("/")
        raise NotOffered(next(SAID[word] for word in reversed(words) if word in SAID))

    post = put = patch = delete = get
