"""Paths under ``/monitoring/cache``."""

from django.urls import path

from memory_hub.caching import views

urlpatterns = [
    path("monitoring/cache", views.CacheView.as_view()),
    path("monitoring/cache/clear", views.ClearView.as_view()),
    path("monitoring/cache/cleanup", views.CleanupView.as_view()),
]
