"""What only a real server shows: a worker makes the file, and it comes in parts to its owner."""

import io
import time
import zipfile

import httpx
import pytest

pytestmark = pytest.mark.drill
URL = "/superthread/exports"
PATIENCE = 120.0


def test_a_worker_makes_the_file_and_it_is_downloaded(nursery, tmp_path):
    with nursery.hub(tmp_path, workers=2) as hub:
        token = {"Authorization": f"Bearer {hub.token('mina@example.com')}"}
        with httpx.Client(base_url=hub.url, headers=token, timeout=60) as mina:
            saved = mina.post("/superthread/memories", json={"content": "word " * 100_000})
            assert saved.status_code == 201
            where = mina.post(URL, json={"format": "markdown"}).headers["Location"]
            until = time.monotonic() + PATIENCE
            while mina.get(where).json()["state"] != "done":
                assert time.monotonic() < until
                time.sleep(0.2)
            answer = mina.get(f"{where}/file")
            assert answer.status_code == 200
            with zipfile.ZipFile(io.BytesIO(answer.content)) as tree:
                assert len(tree.read(tree.namelist()[0])) > 500_000
            assert mina.delete(where).status_code == 204
            assert list((hub.data_dir / "exports").iterdir()) == []
