"""Paths of sharing, and of what is offered."""

from web.lazy import page

urlpatterns = [
    page(r"memories/(?P<doc_id>[\w-]{1,64})/share", "web.sharing.views.share", "share"),
    page("shares", "web.sharing.offered.shares", "shares"),
]
