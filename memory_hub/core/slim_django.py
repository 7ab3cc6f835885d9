"""Django's models without sqlparse, which takes the SQL of migrations apart and is imported when
there are some. Imported before anything that imports them."""

from memory_hub.core.slim_imports import standing_in

with standing_in("sqlparse"):
    import django.db.models

    # isort: split
    import django.db.backends.sqlite3.introspection  # noqa: F401 - both for their effect
