"""What `script/bench` measures by takes nothing from the project that is not there (any more)."""

import ast
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for top in ROOT.glob("*/__init__.py")
    for path in top.parent.rglob("*.py")
}


@lru_cache
def held_by(path: Path) -> set[str]:
    """The names that a module has once it is imported."""
    nodes = list(ast.walk(ast.parse(path.read_text())))
    named = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return {
        *(node.name for node in nodes if isinstance(node, named)),
        *(node.id for node in nodes if isinstance(node, ast.Name)),
        *((node.asname or node.name) for node in nodes if isinstance(node, ast.alias)),
    }


def test_every_name_that_a_benchmark_imports_is_there():
    missing = [
        f"{path.relative_to(ROOT)}: {node.module}.{name.name}"
        for path in (ROOT / "benchmarks").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom) and node.module in MODULES
        for name in node.names
        if f"{node.module}.{name.name}" not in MODULES
        and name.name not in held_by(MODULES[node.module])
    ]
    assert missing == []
