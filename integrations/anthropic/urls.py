from django.urls import path

from integrations.lazy import LazyView

urlpatterns = [path("memory-tool", LazyView("integrations.anthropic.views.MemoryToolView"))]
