"""How Google is asked: one module for each part of its APIs, on `identity`."""
