from django.urls import path

from integrations.lazy import LazyView

urlpatterns = [
    path(route, LazyView(f"integrations.langgraph.views.{view}"))
    for route, view in (
        ("store/items", "ItemsView"),
        ("store/items/search", "SearchView"),
        ("store/namespaces", "NamespacesView"),
    )
]
