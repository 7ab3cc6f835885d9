"""Paths under ``/monitoring``."""

from django.urls import path

from monitoring.show import caches, pages, views

urlpatterns = [
    path("cache", caches.CacheView.as_view()),
    path("cache/clear", caches.ClearView.as_view()),
    path("cache/cleanup", caches.CleanupView.as_view()),
    path("performance", views.PerformanceView.as_view()),
    path("slowest", views.SlowestView.as_view()),
    path("most-used", views.MostUsedView.as_view()),
    path("reset-performance", views.ResetView.as_view()),
    path("pool", views.PoolView.as_view()),
    path("charts", views.ChartsView.as_view(), name="charts"),
    path("metrics", views.MetricsView.as_view()),
    path("health/live", views.LiveView.as_view()),
    path("health/ready", views.ReadyView.as_view()),
    path("dashboard", pages.dashboard, name="dashboard"),
    path("dashboard/", pages.dashboard),
]
