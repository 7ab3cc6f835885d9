"""A file of words that processes share, where things go wrong around it."""

import os
import shutil

import pytest

from memory_hub.core.mapped_file import MappedFile


def test_a_fork_that_cannot_open_it_again_closes_no_file_of_others(tmp_path):
    folder = tmp_path / "cache"
    mapped = MappedFile(folder / "words.map", 8)
    # As in the child of a fork.
    mapped._process = 0
    shutil.rmtree(folder)
    with pytest.raises(FileNotFoundError), mapped.locked():
        pass
    others = os.open(tmp_path / "others", os.O_RDWR | os.O_CREAT)
    del mapped
    os.fstat(others)
    os.close(others)
