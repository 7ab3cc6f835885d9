"""The files of other programs: each format a module, ``registry.py`` has them all."""
