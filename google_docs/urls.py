from django.urls import path

from google_docs.views import batches, connecting, memories, sharing, store, versions

urlpatterns = [
    path("memories", memories.MemoryListView.as_view()),
    path("memories/<str:doc_id>", memories.MemoryView.as_view()),
    path("search", memories.SearchView.as_view()),
    path("batch/save", batches.BatchSaveView.as_view()),
    path("batch/delete", batches.BatchDeleteView.as_view()),
    path("permissions/<str:doc_id>", sharing.PermissionsView.as_view()),
    path("versions/<str:doc_id>", versions.VersionListView.as_view()),
    path("versions/<str:doc_id>/<str:version_id>", versions.VersionView.as_view()),
    path("versions/<str:doc_id>/restore/<str:version_id>", versions.RestoreView.as_view()),
    path("stats", store.StatsView.as_view()),
    path("info", store.InfoView.as_view()),
    path("health", store.HealthView.as_view()),
    path("connect", connecting.connect),
    path("connect/", connecting.connect),
    path("callback", connecting.callback),
    path("callback/", connecting.callback),
]
