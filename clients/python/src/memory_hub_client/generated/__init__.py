"""Made from the OpenAPI document (`clients/python/generate.py`)."""
