"""Exports that are asked for, as tests ask for them."""

import io
import json
import zipfile
from uuid import UUID

from superthread.exports import runner

URL = "/superthread/exports"


def asked(client, form="archive", status=202):
    answer = client.post(URL, json={"format": form})
    assert answer.status_code == status, answer.text
    return answer.headers.get("Location", "")


def id_of(where):
    return UUID(where.rpartition("/")[2])


def made(client, form="archive"):
    """Where the export is, once it is made."""
    where = asked(client, form)
    runner.carry_out(id_of(where))
    return where


def opened(client, where):
    answer = client.get(f"{where}/file")
    assert answer.status_code == 200, answer.text
    return zipfile.ZipFile(io.BytesIO(answer.content))


def lines_of(archive, name="memories.jsonl"):
    return [json.loads(line) for line in archive.read(name).splitlines()]
