"""Imports: a long export of ChatGPT beside the same texts saved in batches, and one that is killed.

script/bench transfer
script/bench transfer --conversations 2000 --messages 50 --length 3000 --rounds 1

Each way runs in a process of its own on a new SQLite database, one after the other in each round:
CPU seconds, the most memory above that of an import of one line, and the median of the ratios. The
batches are checked as those of requests are. Then an import is killed in the middle and run again.
"""

import argparse
import json
import os
import random
import resource
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
OWNER = "mina@example.com"
# Of the language that the texts are of.
WORDS = 30_000
# Saves the content of each line of a file as a request of batch/save would.
SAVING = """
import sys
import django
django.setup()
from memory_hub.accounts.models import User
from memory_hub.accounts.principal import principal_of
from memory_hub.api import strict_json
from superthread.serializers.batches import SaveItem
from superthread.services.batch import Saves
from superthread.services.batch_terms import BatchOptions
from superthread.store_terms import Draft
by = principal_of(User.objects.get(email=sys.argv[2]), "command")
from django.db import transaction

def save(drafts):
    batch, done = Saves(drafts, by=by), 0
    while done < len(drafts):
        part = batch.prepare(done, BatchOptions())
        with transaction.atomic():
            part.carry_out()
        done = part.end

drafts, size = [], 0
for line in open(sys.argv[1], "rb"):
    told = strict_json.loads(line)
    item = SaveItem(data={name: told[name] for name in ("content", "path", "metadata")})
    item.is_valid(raise_exception=True)
    drafts.append(Draft(**item.validated_data))
    size += len(line)
    if size > 8 * 2**20 or len(drafts) == 300:
        save(drafts)
        drafts, size = [], 0
save(drafts)
"""
# Writes what the import would save, a line each.
READING = """
import sys
import django
django.setup()
import orjson
from pathlib import Path
from superthread.transfer.formats.reading import ReadOptions
from superthread.transfer.formats.registry import found, opened
with opened(Path(sys.argv[1])) as tree, open(sys.argv[2], "wb") as file:
    for item in found(tree).read(tree, ReadOptions()):
        file.write(orjson.dumps(item.fields) + b"\\n")
"""


class Used(NamedTuple):
    """Of one process: CPU and wall seconds, and the most MiB that it had."""

    cpu: float
    wall: float
    memory: float


def main() -> None:
    options = parse()
    with tempfile.TemporaryDirectory() as scratch:
        here = Path(scratch)
        export = here / "conversations.json"
        write_export(export, options)
        lines = here / "lines.jsonl"
        run(here, "reading", "-c", READING, str(export), str(lines))
        one = here / "one.jsonl"
        one.write_text('{"content": "one"}\n')
        idle = run(here, "idle", *importing(one))
        megabytes = export.stat().st_size / 2**20
        print(f"{options.conversations} conversations, {megabytes:.0f} MiB of JSON:")
        ratios = []
        for number in range(options.rounds):
            imported = run(here, f"imported {number}", *importing(export))
            saved = run(here, f"saved {number}", "-c", SAVING, str(lines), OWNER)
            for name, used in (("imported", imported), ("saved in batches", saved)):
                tell(name, used, idle)
            ratios.append(imported.cpu / saved.cpu)
        told = ", ".join(f"{ratio:.2f}" for ratio in sorted(ratios))
        print(f"the import takes {statistics.median(ratios):.2f} of the CPU ({told})")
        killed(here, export, options.conversations, imported.wall)


def tell(name: str, used: Used, idle: Used) -> None:
    above = used.memory - idle.memory
    took = f"{used.cpu:8.1f} s CPU {used.wall:8.1f} s"
    print(f"{name:18}{took} {above:6.0f} MiB above idle", flush=True)


def killed(here: Path, export: Path, conversations: int, seconds: float) -> None:
    """Kills an import in its middle and runs it again; what there is then."""
    process = subprocess.Popen(command(*importing(export)), env=database(here, "killed"))
    time.sleep(seconds / 2)
    process.send_signal(signal.SIGKILL)
    process.wait()
    between = count(here, "killed")
    run(here, "killed", *importing(export))
    print(f"killed at {between} of {conversations}, run again: {count(here, 'killed')}")


def count(here: Path, name: str) -> int:
    code = "import django; django.setup(); from superthread.models import Memory as M"
    answer = subprocess.run(
        command("-c", f"{code}; print(M.objects.count())"),
        env=database(here, name),
        capture_output=True,
        check=True,
    )
    return int(answer.stdout.split()[-1])


def importing(path: Path) -> list[str]:
    return ["manage.py", "import_memories", str(path), "--as", OWNER, "--verbosity", "0"]


def command(*arguments: str) -> list[str]:
    return [sys.executable, *arguments]


def database(here: Path, name: str) -> dict[str, str]:
    """The environment of a database of this name, made where it is not there."""
    directory = here / name
    env = {
        **os.environ,
        "HUB_ENVIRONMENT": "test",
        "HUB_DATA_DIR": str(directory),
        "DJANGO_SETTINGS_MODULE": "memory_hub.settings",
        "PYTHONPATH": str(ROOT),
    }
    if not directory.exists():
        directory.mkdir()
        quiet = {"env": env, "cwd": ROOT, "check": True, "stdout": subprocess.DEVNULL}
        subprocess.run(command("manage.py", "migrate", "--verbosity", "0"), **quiet)
        made = "from memory_hub.accounts.services import ensure_user as e"
        made += "; from memory_hub.core.identity import OPERATOR as o"
        code = f"import django; django.setup(); {made}; e({OWNER!r}, by=o)"
        subprocess.run(command("-c", code), **quiet)
    return env


def run(here: Path, name: str, *arguments: str) -> Used:
    """The command with the database of this name. Raises RuntimeError where it fails."""
    env, begun = database(here, name), time.monotonic()
    process = subprocess.Popen(command(*arguments), env=env, cwd=ROOT, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    if status:
        raise RuntimeError(f"{arguments[:2]} failed with {status}")
    process.returncode = 0
    return Used(cpu_of(used), time.monotonic() - begun, used.ru_maxrss / 1024)


def cpu_of(used: resource.struct_rusage) -> float:
    return used.ru_utime + used.ru_stime


def write_export(path: Path, options: argparse.Namespace) -> None:
    """An export as ChatGPT's, with words as often as a language has them (Zipf)."""
    dice = random.Random(23)
    words = [f"{dice.choice(['de', 'ka', 'mo', '배', '회'])}{number:x}" for number in range(WORDS)]
    weights = [1 / (number + 1) for number in range(WORDS)]
    pool = dice.choices(words, weights, k=1_000_000)
    with path.open("w") as file:
        for number in range(options.conversations):
            file.write("[" if number == 0 else ",")
            json.dump(conversation(number, pool, dice, options), file, ensure_ascii=False)
        file.write("]")


def conversation(
    number: int, pool: list[str], dice: random.Random, options: argparse.Namespace
) -> dict[str, object]:
    nodes: dict[str, dict[str, object]] = {}
    parent = None
    for turn, text in enumerate(texts(pool, dice, options)):
        name = f"{number}-{turn}"
        message = {
            "author": {"role": "assistant" if turn % 2 else "user"},
            "create_time": 1_767_600_000 + turn,
            "content": {"content_type": "text", "parts": [text]},
            "recipient": "all",
            "metadata": {},
        }
        nodes[name] = {"id": name, "message": message, "parent": parent, "children": []}
        if parent:
            nodes[parent]["children"] = [name]
        parent = name
    told = {"title": f"Talk {number}", "create_time": 1_767_600_000.5, "mapping": nodes}
    return {**told, "current_node": parent, "conversation_id": f"c-{number}"}


def texts(pool: list[str], dice: random.Random, options: argparse.Namespace) -> Iterator[str]:
    for _ in range(options.messages):
        at = dice.randrange(len(pool) - options.length // 4)
        yield " ".join(pool[at : at + options.length // 4])[: options.length]


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="script/bench transfer",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--conversations", type=int, default=2000)
    parser.add_argument("--messages", type=int, default=50, help="of each conversation (50)")
    parser.add_argument("--length", type=int, default=3000, help="letters of a message (3000)")
    parser.add_argument("--rounds", type=int, default=3, help="imports and savings in turns (3)")
    return parser.parse_args()


if __name__ == "__main__":
    main()
