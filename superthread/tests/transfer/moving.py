"""An export and an import by the commands, and a hub that has forgotten."""

import json
from io import StringIO

from django.core.management import call_command

from superthread.models import Memory, Source


def take_out(path, *options):
    """What the command says in the end."""
    out = StringIO()
    call_command("export_memories", str(path), *options, "--verbosity", "0", stdout=out)
    return out.getvalue().strip()


def lines_out(path, *options):
    """The lines of an export."""
    take_out(path, *options)
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def bring_in(path, *options):
    """What the command says in the end."""
    out = StringIO()
    call_command("import_memories", str(path), *options, "--verbosity", "0", stdout=out)
    return out.getvalue().strip()


def clear():
    """As in a new hub, but for the accounts whose tokens the clients have."""
    Source.objects.all().delete()
    Memory.objects.all().delete()


def url_of(memory):
    return f"/superthread/memories/{memory['doc_id']}"
