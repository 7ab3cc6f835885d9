"""The files that the processes of a host share where there is no Redis."""

import errno
import os
import tempfile

from django.core.cache import caches

from memory_hub.caching.host_files import HostFiles


def cache_at(directory):
    return HostFiles(str(directory), {})


def test_what_one_process_keeps_another_finds(tmp_path):
    assert isinstance(caches["shared"], HostFiles)
    cache_at(tmp_path).set("a", {"b": 1}, 60)
    assert cache_at(tmp_path).get("a") == {"b": 1}


def test_on_a_full_disk_nobody_fails_and_nothing_is_kept(tmp_path, monkeypatch):
    def full(*arguments, **options):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    cache = cache_at(tmp_path)
    monkeypatch.setattr(tempfile, "mkstemp", full)
    cache.set("a", 1)
    assert cache.get_or_set("b", lambda: 2) == 2
    assert cache.get_many(["a", "b"]) == {}
