"""The services that the hub is measured beside, each a program of its own Python."""
