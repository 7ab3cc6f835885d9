"""One's own tokens as pages."""
