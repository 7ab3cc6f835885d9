"""What notes with a large picture cost, and whether they move anything in the lists of others.

Twenty of them are saved over HTTP beside ordinary memories, one by one, into a hub of one worker,
after the same notes without their pictures, whose lists are to be the same.
"""

import base64
import os
import random
import statistics
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from benchmarks.search import corpus
from benchmarks.search.hub import Hub, running_hub

MEMORIES, PICTURES, PICTURE_BYTES, QUERIES = 2_000, 20, 450_000, 300
_SUBJECTS = "harbour garden kitchen whiteboard invoice sketch diagram staircase bridge lantern"


class Save(NamedTuple):
    milliseconds: float
    cpu: float  # milliseconds
    megabytes: float
    doc_id: str


def measure_pictures(database: str) -> None:
    """Print what a save takes, what the index grows by, and how many lists differ."""
    texts = list(corpus.memories(MEMORIES))
    asked = list(corpus.queries(QUERIES, texts))
    with running_hub(database, workers=1) as hub:
        hub.fill({"content": text, "category": "bench"} for text in texts)
        notes = list(_notes())
        plain = [_saved(hub, note.partition("![")[0]) for note in notes]
        before, bytes_before = _lists(hub, asked, plain), hub.index_bytes()
        for one in plain:
            path = f"/superthread/memories/{one.doc_id}"
            hub.client.delete(path, params={"permanent": "true"}).raise_for_status()
        saves = [_saved(hub, note) for note in notes]
        grown = (hub.index_bytes() - bytes_before) / PICTURES
        lists = zip(before, _lists(hub, asked, saves), strict=True)
        differing = sum(one != two for one, two in lists)
    p50, most = statistics.median(one.milliseconds for one in saves), max(saves).milliseconds
    cpu, grew = statistics.median(one.cpu for one in saves), max(one.megabytes for one in saves)
    print(f"\n{database}: {PICTURES} notes of {len(notes[0]):,} bytes beside {MEMORIES:,} memories")
    print(f"  save, p50 / most                    {p50:.0f} / {most:.0f} ms")
    print(f"  processor time of a save, p50       {cpu:.0f} ms")
    print(f"  memory of the worker above idle     {grew:.0f} MB at most")
    print(f"  index of a picture                  {grown:.0f} bytes")
    print(f"  lists of the ten best that differ   {differing} of {QUERIES}")


def _notes() -> Iterator[str]:
    draw = random.Random(1)
    for number in range(PICTURES):
        picture = base64.b64encode(draw.randbytes(PICTURE_BYTES)).decode()
        subject = " and ".join(draw.sample(_SUBJECTS.split(), 2))
        yield f"Picture {number}: {subject}\n\n![](data:image/png;base64,{picture})\n"


def _lists(hub: Hub, asked: list[str], notes: list[Save]) -> list[list[str]]:
    """The doc_ids of the ten best for each query; of the notes their numbers."""
    numbers = {note.doc_id: str(number) for number, note in enumerate(notes)}
    found = (hub.search(hub.client, query=query, limit=10) for query in asked)
    return [[numbers.get(doc_id, doc_id) for doc_id in one] for one in found]


def _saved(hub: Hub, content: str) -> Save:
    """What a save took, and the megabytes that the worker had more meanwhile at most."""
    (worker,) = hub.server.workers()
    # Makes the highest mark of memory that of now (proc(5)).
    Path(f"/proc/{worker}/clear_refs").write_text("5")
    idle, spent = _megabytes(worker, "VmRSS"), _cpu(worker)
    started = time.perf_counter()
    answer = hub.client.post("/superthread/memories", json={"content": content})
    took = (time.perf_counter() - started) * 1_000
    answer.raise_for_status()
    more = _megabytes(worker, "VmHWM") - idle
    return Save(took, _cpu(worker) - spent, more, answer.json()["doc_id"])


def _megabytes(process: int, name: str) -> float:
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name)) / 1_024


def _cpu(process: int) -> float:
    """Milliseconds of processor time, in user and kernel."""
    behind_name = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(behind_name[11]) + int(behind_name[12])) * 1_000 / os.sysconf("SC_CLK_TCK")
