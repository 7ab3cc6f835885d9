"""Real texts: all that lie in the virtual environment, imported, read back, edited, restored.

script/bench real_input                            on SQLite
script/bench real_input DIRECTORY --database postgresql

Every README, licence, metadata and Markdown file under DIRECTORY (default: the installed packages)
and the labelled sets of the search go through the commands and the API of a hub of their own.
"""

import argparse
import subprocess
import sys
import sysconfig
import tempfile
import time
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from benchmarks.search.hub import USER, Hub, running_hub
from benchmarks.search.scoring import OWN_SETS
from testing.servers.hub import ROOT

RENAMED = ("content=text", "source=id", "category=group")
ADDED = "\n배포 메모: one line more.\n"


def main() -> None:
    options = parse()
    with running_hub(options.database, options.workers) as hub:
        print(f"{options.database}, {options.workers} workers, files under {options.directory}")
        run_import(hub, "import", str(options.directory), show=True)
        run_import(hub, "import again", str(options.directory))
        for labelled in sorted(OWN_SETS.glob("*.memories.jsonl")):
            run_import(hub, f"import {labelled.name}", str(labelled), "--rename", *RENAMED)
        memories = listed(hub.client)
        texts = {memory["doc_id"]: source_of(memory, options.directory) for memory in memories}
        files = {doc_id: text for doc_id, text in texts.items() if text is not None}
        read_back(hub.client, files)
        edit_and_restore(hub.client, files)
        export(hub, len(memories))


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="script/bench real_input",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    installed = Path(sysconfig.get_path("purelib"))
    parser.add_argument("directory", nargs="?", type=Path, default=installed)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--workers", type=int, default=2, help="processes of the hub")
    return parser.parse_args()


@contextmanager
def timed(what: str, count: int) -> Iterator[None]:
    """Prints what was done, how many times, and how fast."""
    begun = time.perf_counter()
    yield
    seconds = time.perf_counter() - begun
    print(f"{what:34}{count:7} {seconds:8.2f} s {count / seconds:9.0f} /s")


def run_import(hub: Hub, what: str, path: str, *arguments: str, show: bool = False) -> None:
    """The command, its summary, and where wanted what it left out."""
    begun = time.perf_counter()
    command = ["import_memories", path, "--as", USER, *arguments]
    done = subprocess.run(
        [sys.executable, "manage.py", *command, "--verbosity", "0"],
        cwd=ROOT,
        env=hub.server.environment,
        capture_output=True,
        text=True,
    )
    print(f"{what}: {done.stdout.strip()} in {time.perf_counter() - begun:.2f} s")
    for line in done.stderr.splitlines() if show else ():
        print(f"    {line}")


def listed(client: httpx.Client) -> list[dict[str, Any]]:
    """All memories, page by page; none twice."""
    memories: list[dict[str, Any]] = []
    begun = time.perf_counter()
    cursor: str | None = ""
    while cursor is not None:
        query = {"limit": "100", **({"cursor": cursor} if cursor else {})}
        page = client.get("/superthread/memories", params=query).raise_for_status().json()
        memories += page["memories"]
        cursor = page["next_cursor"]
    assert len({memory["doc_id"] for memory in memories}) == len(memories)
    size = sum(memory["size"] for memory in memories)
    print(f"{'listed':34}{len(memories):7} {time.perf_counter() - begun:8.2f} s, {size} bytes")
    return memories


def source_of(memory: dict[str, Any], directory: Path) -> str | None:
    """The text of the file that a memory came from, as NFC; None for lines of JSON."""
    path = memory["metadata"].get("path")
    if path is None:
        return None
    text = (directory / path).read_bytes().decode("utf-8-sig")
    return unicodedata.normalize("NFC", text)


def read_back(client: httpx.Client, files: dict[str, str]) -> None:
    """Each text as its file has it, byte for byte; without its front matter where it has one."""
    same = headed = 0
    with timed("read back and compared", len(files)):
        for doc_id, text in files.items():
            answer = client.get(f"/superthread/memories/{doc_id}").raise_for_status()
            content = answer.json()["content"]
            same += content == text
            headed += content != text and text.startswith("---") and text.endswith(content)
    print(
        f"    identical {same}, identical after front matter {headed}, different "
        f"{len(files) - same - headed}"
    )


def edit_and_restore(client: httpx.Client, files: dict[str, str]) -> None:
    """A line added to each, then its first version restored."""
    contents = {}
    with timed("edited", len(files)):
        for doc_id in files:
            url = f"/superthread/memories/{doc_id}"
            answer = client.get(url).raise_for_status()
            contents[doc_id] = answer.json()["content"]
            client.patch(
                url,
                json={"content": contents[doc_id][: 2**19] + ADDED},
                headers={"If-Match": answer.headers["ETag"]},
            ).raise_for_status()
    with timed("restored", len(files)):
        for doc_id, content in contents.items():
            url = f"/superthread/versions/{doc_id}"
            versions = client.get(url).raise_for_status().json()["versions"]
            assert [version["number"] for version in versions] == [2, 1]
            first = versions[-1]["version_id"]
            restored = client.post(f"{url}/restore/{first}").raise_for_status().json()
            assert restored["content"] == content


def export(hub: Hub, count: int) -> None:
    """Everything into a file, and that file into the hub once more."""
    with tempfile.TemporaryDirectory() as directory:
        file = Path(directory) / "all.jsonl"
        with timed("exported", count):
            hub.server.manage("export_memories", str(file), "--sources", "--verbosity", "0")
        run_import(hub, f"import of the export ({file.stat().st_size} bytes)", str(file))


if __name__ == "__main__":
    main()
