"""Teams as pages."""
