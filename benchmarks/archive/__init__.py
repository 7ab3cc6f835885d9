"""All of a hub as an archive, and back."""
