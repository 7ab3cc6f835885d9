"""A reindex that is killed amid a hub that serves."""

import signal
import subprocess
import sys
import time

import pytest

from testing.consistency.journal import BROKEN, Rows
from testing.consistency.races import Caller

MANY, PART = 1_200, 100
LEFT = ("renewal", "former", "overtaken", "aside")


@pytest.mark.drill
def test_killed_amid_a_hub_that_serves_it_harms_nothing_and_goes_on(new_hub):
    hub = new_hub(HUB_RATE_LIMIT="off")
    with Caller(hub.url, hub.token("mina@example.com")) as caller:
        for start in range(0, MANY, PART):
            texts = [f"zebra number{start + n} of {MANY}" for n in range(PART)]
            told = {"memories": [{"content": text} for text in texts]}
            caller.http.post("/superthread/batch/save", json=told).raise_for_status()
        hub.manage("jobs", "run", "fold_index")
        rows = Rows(hub.data_dir, hub.environment.get("DATABASE_URL"))
        _made_by_an_older_analyzer(rows)
        before = _explained(caller)
        for part in ("renewal WHERE last > 0", "aside WHERE coming = 1"):
            run = subprocess.Popen(
                [sys.executable, "manage.py", "reindex", "--quiet"],
                cwd=hub.root,
                env=hub.environment,
            )
            _wait_for(rows, part)
            # It is not to be done before the other has begun.
            run.send_signal(signal.SIGSTOP)
            assert _explained(caller) == before
            refused = hub.run_command("reindex", "--quiet")
            run.kill()
            run.wait()
            assert "Another reindex is running; nothing was done." in refused.stderr
            assert _explained(caller) == before
            assert "superthread.W002" in hub.run_command("check", "--database", "default").stderr
        doc_id = caller.save("okapi at last")
        assert _ids(_found(caller, "okapi")) == [doc_id]
        hub.manage("reindex", "--quiet")
        # One more memory makes words rarer.
        assert _ids(_explained(caller)) == _ids(before)
        assert _ids(_found(caller, "okapi")) == [doc_id]
        assert hub.run_command("check", "--database", "default").stderr.count("superthread") == 0
    hub.stop()
    assert [name for name, sql in BROKEN.items() if rows.all(sql)] == []
    assert [one for one in LEFT if rows.all(f"SELECT 1 FROM superthread_search_{one}")] == []
    assert rows.all("SELECT DISTINCT analyzer FROM superthread_search_document") == [
        *rows.all("SELECT DISTINCT analyzer FROM superthread_search_segment")
    ]
    rows.close()


def _made_by_an_older_analyzer(rows):
    cursor = rows._connection.cursor()
    # Without the notes that triggers make of it.
    for table in ("document", "segment"):
        cursor.execute(f"UPDATE superthread_search_{table} SET analyzer = analyzer - 1")
    cursor.execute("DELETE FROM superthread_search_fresh")
    rows._connection.commit()


def _wait_for(rows, part):
    deadline = time.monotonic() + 60
    while not rows.all(f"SELECT 1 FROM superthread_search_{part}"):
        rows._connection.commit()
        assert time.monotonic() < deadline
        time.sleep(0.002)


def _found(caller, query):
    body = {"query": query, "explain": True, "limit": 50}
    answer = caller.http.post("/superthread/search", json=body)
    answer.raise_for_status()
    return {k: v for k, v in answer.json().items() if k not in ("took_ms", "next_cursor")}


def _ids(answer):
    return [one["doc_id"] for one in answer["results"]]


def _explained(caller):
    return _found(caller, "zebra number7 number77 number777")
