"""One side of the comparison, inside its own Django: python inside.py USER, and a line of JSON for
each thing to do: ``[how, [[text, …], …]]``.

Answers each with one line: ``[microseconds of CPU of this process, of the database's]``. It runs in
the checkout that is its working directory, so it uses what that has, by the names it has there: a
checkout from before actors were told has no ``memory_hub.core.identity``.
"""

import json
import sys
import tempfile
import time
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, get_type_hints

import django


def main() -> None:
    django.setup()
    from memory_hub.accounts.principal import principal_of
    from memory_hub.accounts.services import ensure_user

    by = principal_of(ensure_user(sys.argv[1], **_actor()), "command")
    ways = {"alone": alone, "batch": batch if _has_parts() else batch_at_once, "import": imported}
    print(json.dumps("ready"), flush=True)
    for line in sys.stdin:
        how, parts = json.loads(line)
        print(json.dumps(measured(ways[how], parts, by)), flush=True)


def _has_parts() -> bool:
    """Whether batches are stored in parts."""
    return find_spec("superthread.store_terms") is not None


def _actor() -> dict[str, Any]:
    """Who makes an account, where that is told."""
    if not _has_parts():
        return {}
    from memory_hub.core.identity import OPERATOR

    return {"by": OPERATOR}


def measured(save: Any, parts: list[list[str]], by: Any) -> list[float]:
    here, there = time.process_time(), database_seconds()
    for part in parts:
        save(part, by)
    spent = time.process_time() - here, database_seconds() - there
    return [1e6 * one for one in spent]


def alone(texts: list[str], by: Any) -> None:
    """Each in a transaction of its own, as a request saves it."""
    from superthread.services import save

    for text in texts:
        save.save(save.Draft(text), by=by)


def batch(texts: list[str], by: Any) -> None:
    """As a request of batch/save: each validated, stored in parts, a transaction each."""
    from django.db import transaction

    from memory_hub.api.serializers import validated
    from superthread.serializers.batches import SaveItem
    from superthread.services.batch import Saves
    from superthread.store_terms import Draft

    kind = SaveItem()
    drafts = [Draft(**validated(kind, {"content": text})) for text in texts]
    saves, done = Saves(drafts, by=by), 0
    # Checkouts have different names for it.
    options = get_type_hints(Saves.prepare)["how"]()
    while done < len(drafts):
        part = saves.prepare(done, options)
        with transaction.atomic():
            part.carry_out()
        done = part.end


def batch_at_once(texts: list[str], by: Any) -> None:
    """The same, all in one transaction, by names that only such checkouts have."""
    serializers = import_module("superthread.serializers")
    services = import_module("superthread.services.batch")
    kind = serializers.NewMemory()
    drafts = [services.Draft(**kind.run_validation({"content": text})) for text in texts]
    services.save(drafts, by=by, how=services.How())


def imported(texts: list[str], by: Any) -> None:
    """As a file of lines, by the command."""
    from django.core.management import call_command

    with tempfile.TemporaryDirectory(prefix="hub-saves-") as directory:
        path = Path(directory, "lines.jsonl")
        path.write_text("".join(json.dumps({"content": text}) + "\n" for text in texts))
        with open("/dev/null", "w") as nowhere:
            told = {"email": by.email, "verbosity": 0, "stdout": nowhere}
            call_command("import_memories", path, **told)


def database_seconds() -> float:
    """CPU of the connection's backend; none on SQLite, which is this process."""
    from django.db import connection

    if connection.vendor != "postgresql":
        return 0.0
    connection.ensure_connection()
    pid = connection.connection.get_backend_pid()
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9


if __name__ == "__main__":
    sys.path.insert(0, str(Path.cwd()))
    main()
