"""Paths of one's own tokens."""

from web.lazy import page

urlpatterns = [
    page("tokens", "web.tokens.views.tokens", "tokens"),
    page("tokens/new", "web.tokens.views.new_token", "new_token"),
]
