"""Paths under ``/monitoring/cache``."""

from django.urls import path

from monitoring.show import caches

urlpatterns = [
    path("monitoring/cache", caches.CacheView.as_view()),
    path("monitoring/cache/clear", caches.ClearView.as_view()),
    path("monitoring/cache/cleanup", caches.CleanupView.as_view()),
]
