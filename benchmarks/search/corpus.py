"""Memories of spliced real text, as many as asked for, the same ones every time.

English comes from the documentation inside Python's standard library, Korean from the messages
that Django and its applications ship and from the Korean memories of the search tests. Halves of
sentences are joined anew, with names, dates, numbers and identifiers put in, so that no two
memories are alike while the words keep the frequencies of real text.
"""

import ast
import gettext
import json
import random
import re
import sysconfig
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from pydoc_data.topics import topics

KOREAN_SHARE = 0.4
PAGE_SHARE = 0.05
SHORT_BYTES, PAGE_BYTES = (30, 340), (1_500, 4_500)  # uniform; together about 350 on average

_PROBE = Path(__file__).parents[2] / "superthread/tests/search/sets/probe.memories.jsonl"
_MODULE_NAMES = """
argparse ast asyncio.base_events asyncio.tasks calendar codecs collections configparser contextlib
csv datetime decimal difflib doctest email.message enum fractions functools heapq http.client
http.cookiejar imaplib inspect ipaddress json locale logging mailbox multiprocessing.pool optparse
os pathlib pdb pickle platform plistlib pprint random shutil smtplib socket sqlite3.dump ssl
statistics string subprocess tarfile tempfile textwrap threading timeit trace traceback turtle
typing unittest.case unittest.mock urllib.request uuid venv warnings weakref xml.dom.minidom
xmlrpc.client zipfile
"""
_MODULES = _MODULE_NAMES.split()
_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|<[^>]*>|\{[^}]*\}")
_ENGLISH_NAMES = "Anna Ben Carla David Elena Frank Grace Hugo Irene James Karen Liam Mona Noah"
_KOREAN_NAMES = (
    "김민수 박지영 이수진 최현우 정다은 강도윤 조서연 윤지호 장하은 임준서 한소희 오세훈"
)
_NAMES = {"en": _ENGLISH_NAMES.split(), "ko": _KOREAN_NAMES.split()}


def memories(count: int, seed: int = 7) -> Iterator[str]:
    """Yield `count` memories; a longer run begins with the same ones."""
    draw = random.Random(seed)
    for _ in range(count):
        language = "ko" if draw.random() < KOREAN_SHARE else "en"
        low, high = PAGE_BYTES if draw.random() < PAGE_SHARE else SHORT_BYTES
        yield _memory(draw, language, draw.randint(low, high))


def queries(count: int, texts: list[str], seed: int = 11) -> Iterator[str]:
    """Yield `count` queries of two to eight words that stand near each other in some memory."""
    draw = random.Random(seed)
    for _ in range(count):
        words = re.findall(r"\w+", draw.choice(texts))
        size = draw.randint(2, 8)
        start = draw.randrange(max(1, len(words) - size))
        yield " ".join(words[start : start + size])[:200]


def _memory(draw: random.Random, language: str, target: int) -> str:
    sentences = _sentences(language)
    parts: list[str] = []
    size = 0
    while size < target:
        parts.append(_splice(draw, sentences, language))
        size += len(parts[-1].encode()) + 1
    separator = "\n\n" if target > SHORT_BYTES[1] and draw.random() < 0.5 else " "
    return separator.join(parts)


def _splice(draw: random.Random, sentences: list[list[str]], language: str) -> str:
    """The beginning of one sentence and the end of another, at times with something particular."""
    one, other = draw.choice(sentences), draw.choice(sentences)
    words = one[: (len(one) + 1) // 2] + other[len(other) // 2 :]
    if draw.random() < 0.4:
        words.insert(draw.randint(0, len(words)), _particular(draw, language))
    return " ".join(words)


def _particular(draw: random.Random, language: str) -> str:
    kind = draw.randrange(4)
    if kind == 0:
        return draw.choice(_NAMES[language])
    if kind == 1:
        return f"{draw.randint(2020, 2026)}-{draw.randint(1, 12):02}-{draw.randint(1, 28):02}"
    if kind == 2:
        return f"{draw.choice(['PAY', 'OPS', 'HUB', 'WEB'])}-{draw.randint(1, 9_999)}"
    return draw.choice(_identifiers())


@cache
def _sentences(language: str) -> list[list[str]]:
    texts = _korean_texts() if language == "ko" else _docstrings()
    pieces = (piece.split() for text in texts for piece in re.split(r"(?<=[.!?:])\s+|\n\n", text))
    return sorted({tuple(words): words for words in pieces if 3 <= len(words) <= 40}.values())


@cache
def _trees() -> list[ast.Module]:
    library = Path(sysconfig.get_path("stdlib"))
    files = (library / f"{name.replace('.', '/')}.py" for name in _MODULES)
    packages = (library / name.replace(".", "/") / "__init__.py" for name in _MODULES)
    found = (file for pair in zip(files, packages, strict=True) for file in pair)
    return [ast.parse(file.read_text("utf-8")) for file in found if file.exists()]


def _docstrings() -> Iterator[str]:
    documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
    for tree in _trees():
        for node in ast.walk(tree):
            if isinstance(node, documented) and (text := ast.get_docstring(node)):
                yield text
    yield from _topics()


def _topics() -> Iterator[str]:
    """The chapters of the language reference that `help()` shows."""
    yield from topics.values()


@cache
def _identifiers() -> list[str]:
    names = (
        node.name
        for tree in _trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and len(node.name) > 5
    )
    return sorted(set(names))


def _korean_texts() -> Iterator[str]:
    for package in ("django", "rest_framework"):
        root = Path(find_spec(package).origin).parent
        for folder in ("ko", "ko_KR"):
            for file in sorted(root.rglob(f"locale/{folder}/LC_MESSAGES/*.mo")):
                with file.open("rb") as stream:
                    catalog = gettext.GNUTranslations(stream)._catalog
                # The first entry is the header of the file, not a message.
                yield from (_PLACEHOLDER.sub("", text) for key, text in catalog.items() if key)
    with _PROBE.open(encoding="utf-8") as lines:
        texts = (json.loads(line)["text"] for line in lines)
        yield from (text for text in texts if re.search("[가-힣]", text))
