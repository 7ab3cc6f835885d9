"""The path of what connects clients."""

from web.lazy import page

urlpatterns = [page("connect", "web.connect.views.connect", "connect")]
