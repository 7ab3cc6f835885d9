"""Paths as the clients of mem0 ask them: those of now, and of the generation before where they
differ."""

from django.urls import path, re_path

from integrations.mem0.views import clearing, entities, memories, searching
from integrations.mem0.views.refused import RefusedView
from integrations.mem0.views.workspace import PingView, ProjectView

PROJECT = "api/v1/orgs/organizations/<str:org>/projects/<str:project>"
# What the hub has not, whatever method it is asked by.
REFUSED = (
    "v1/exports",
    "v1/exports/get",
    "v1/summary",
    f"{PROJECT}/members",
    "api/v1/webhooks/projects/<str:project>",
    "api/v1/webhooks/<str:webhook>",
    "v2/profiles/<str:of>",
)

urlpatterns = [
    path("v1/ping", PingView.as_view()),
    # One of the clients joins its host and the path by plain writing.
    re_path(r"^[/]v1/ping$", PingView.as_view()),
    path("v3/memories/add", memories.AddView.as_view()),
    path("v3/memories", searching.ListView.as_view()),
    path("v2/memories", searching.ListView.as_view()),
    path("v3/memories/search", searching.SearchView.as_view()),
    path("v2/memories/search", searching.SearchView.as_view()),
    path("v1/memories/search", searching.SearchView.as_view()),
    path("v1/memories", clearing.AllView.as_view()),
    path("v1/memories/<str:doc_id>", memories.MemoryView.as_view()),
    path("v1/memories/<str:doc_id>/history", memories.HistoryView.as_view()),
    path("v1/batch", clearing.BatchView.as_view()),
    path("v1/feedback", memories.FeedbackView.as_view()),
    path("v1/entities", entities.EntitiesView.as_view()),
    *(path(one, RefusedView.as_view()) for one in REFUSED),
    path("v2/entities/<str:kind>/<path:name>", clearing.EntityView.as_view()),
    path(PROJECT, ProjectView.as_view()),
]
