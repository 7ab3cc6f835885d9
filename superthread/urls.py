from django.urls import path

from superthread.views import batch, by_path, changes, memories, search, sharing, store, versions

urlpatterns = [
    path("memories", memories.MemoryListView.as_view()),
    path("memories/<str:doc_id>", memories.MemoryView.as_view()),
    path("memories/<str:doc_id>/undelete", memories.UndeleteView.as_view()),
    path("memories/<str:doc_id>/transfer", sharing.TransferView.as_view()),
    path("by-path/personal/<path:path>", by_path.PersonalPathView.as_view()),
    path("by-path/team/<str:team_key>/<path:path>", by_path.TeamPathView.as_view()),
    path("by-path/public/<path:path>", by_path.PublicPathView.as_view()),
    path("changes", changes.ChangesView.as_view()),
    path("shares", sharing.SharesView.as_view()),
    path("shares/<str:doc_id>", sharing.ShareView.as_view()),
    path("transfers", sharing.TransfersView.as_view()),
    path("facets", store.FacetsView.as_view()),
    path("categories/rename", store.CategoryRenameView.as_view()),
    path("trash", memories.TrashView.as_view()),
    path("batch/save", batch.BatchSaveView.as_view()),
    path("batch/update", batch.BatchUpdateView.as_view()),
    path("batch/delete", batch.BatchDeleteView.as_view()),
    path("memories/<str:doc_id>/similar", search.SimilarView.as_view()),
    path("search", search.SearchView.as_view()),
    path("permissions/<str:doc_id>", sharing.PermissionsView.as_view()),
    path("versions/<str:doc_id>", versions.VersionListView.as_view()),
    path("versions/<str:doc_id>/diff", versions.DiffView.as_view()),
    path("versions/<str:doc_id>/<str:version_id>", versions.VersionView.as_view()),
    path("versions/<str:doc_id>/restore/<str:version_id>", versions.RestoreView.as_view()),
    path("stats", store.StatsView.as_view()),
    path("info", store.InfoView.as_view()),
    path("health", store.HealthView.as_view()),
]
