"""Imports of files that people send: taken to the disk, carried out in the background."""
