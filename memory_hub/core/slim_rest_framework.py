"""Django REST framework without what it offers where it finds it: a client, YAML, Markdown in
colours, fields of PostgreSQL, a schema by itself. Nobody here uses any, and requests with urllib3
alone were a tenth of a start. Imported before anything that imports it."""

from memory_hub.core.slim_imports import without

with without("requests", "yaml", "markdown", "pygments", "django.contrib.postgres", "uritemplate"):
    import rest_framework.compat  # noqa: F401 - for its effect
