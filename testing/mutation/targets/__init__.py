"""Which tests stand for which modules: the fewest and fastest that say what they promise."""

from fnmatch import fnmatch
from pathlib import Path

from testing.mutation.targets import apps, foundation

ROOT = Path(__file__).resolve().parent.parent.parent.parent
_TESTS = apps.TESTS | foundation.TESTS
TARGETS = list(
    dict.fromkeys(
        path.relative_to(ROOT).as_posix()
        for pattern in _TESTS
        for path in sorted(ROOT.glob(pattern))
        # A few lines that fail at once.
        if path.name not in ("__init__.py", "apps.py")
    )
)


def modules_in(paths: list[str]) -> list[str]:
    """The modules that are named, and those of packages that are; all there are for none."""
    chosen = []
    for path in paths:
        inside = [module for module in TARGETS if module.startswith(path.rstrip("/") + "/")]
        chosen += inside if (ROOT / path).is_dir() else [path]
    return list(dict.fromkeys(chosen)) if paths else TARGETS


def tests_of(module: str) -> list[str]:
    """What pytest shall run for a module, by its path in the checkout."""
    for pattern, tests in _TESTS.items():
        if fnmatch(module, pattern):
            return tests
    raise SystemExit(f"{module} is not in testing/mutation/targets/: tell --tests.")
