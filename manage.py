#!/usr/bin/env python
"""Runs a management command of Memory Hub."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "memory_hub.settings")
    # Migrations, imports and backups take their time; the limits are for requests.
    os.environ.setdefault("HUB_STATEMENT_TIMEOUT", "0")
    os.environ.setdefault("HUB_IDLE_TRANSACTION_TIMEOUT", "0")
    execute_from_command_line(sys.argv)
