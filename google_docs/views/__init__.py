"""`/google-docs` over HTTP: translate, call the store, translate."""
