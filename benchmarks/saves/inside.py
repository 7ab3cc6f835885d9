"""One side of the comparison, inside its own Django: python inside.py USER, and a line of JSON for
each thing to do: ``[how, [[text, …], …]]``.

Answers each with one line: ``[microseconds of CPU of this process, of the database's]``. It runs in
the checkout that is its working directory, so it uses only what every one of them has.
"""

import json
import sys
import time
from pathlib import Path
from typing import Any, get_type_hints

import django


def main() -> None:
    django.setup()
    from memory_hub.accounts.principal import principal_of
    from memory_hub.accounts.services import ensure_user
    from memory_hub.core.identity import OPERATOR

    by = principal_of(ensure_user(sys.argv[1], by=OPERATOR), "command")
    ways = {"alone": alone, "batch": batch}
    print(json.dumps("ready"), flush=True)
    for line in sys.stdin:
        how, parts = json.loads(line)
        print(json.dumps(measured(ways[how], parts, by)), flush=True)


def measured(save: Any, parts: list[list[str]], by: Any) -> list[float]:
    here, there = time.process_time(), database_seconds()
    for part in parts:
        save(part, by)
    spent = time.process_time() - here, database_seconds() - there
    return [1e6 * one for one in spent]


def alone(texts: list[str], by: Any) -> None:
    """Each in a transaction of its own, as a request saves it."""
    from superthread.services.save import prepare, store
    from superthread.store_terms import Draft

    for text in texts:
        store(prepare([Draft(text)], by=by))


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
