"""Filling a hub, inside its own Django: python -m benchmarks.http.inside USER < memories.jsonl.

Prints the doc_ids as JSON.
"""

import json
import sys

import django

AT_ONCE = 500  # memories a transaction


def main() -> None:
    django.setup()
    from memory_hub.accounts.principal import principal_of
    from memory_hub.accounts.services import ensure_user
    from memory_hub.core.identity import OPERATOR
    from superthread.services.save import save_all
    from superthread.store_terms import Draft

    by = principal_of(ensure_user(sys.argv[1], by=OPERATOR), "command")
    lines = [json.loads(line) for line in sys.stdin]
    ids: list[str] = []
    for start in range(0, len(lines), AT_ONCE):
        rows = save_all([Draft(**line) for line in lines[start : start + AT_ONCE]], by=by)
        ids += [str(row["doc_id"]) for row in rows]
    print(json.dumps(ids))


if __name__ == "__main__":
    main()
