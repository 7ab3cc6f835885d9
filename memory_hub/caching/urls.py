"""Paths under ``/monitoring/cache``."""

from django.urls import path

from memory_hub.caching import views

urlpatterns = [
    path("", views.CacheView.as_view()),
    path("/clear", views.ClearView.as_view()),
    path("/cleanup", views.CleanupView.as_view()),
]
