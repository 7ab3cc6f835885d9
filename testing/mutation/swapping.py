"""Put a changed module's functions in the place of the ones that run.

Importing a module again would leave the old one in use wherever something was imported from it, and
a new process for each change costs seconds.
"""

import ast
import functools
import gc
import inspect
from collections.abc import Iterator
from types import CodeType, FunctionType
from typing import Any

_Cache = type(functools.cache(lambda: None))
Key = tuple[str, int]
# The new code of functions, by qualified name and first line.
Swapped = dict[Key, CodeType]


def changed_functions(path: str, before: ast.Module, after: ast.Module) -> Swapped | None:
    """The new code of the functions that a change is in; None where it is (also) in what runs when
    the module is imported."""
    old, new = (compile(tree, path, "exec") for tree in (before, after))
    if _import_time(old) != _import_time(new):
        return None
    originals, changed = list(_functions(old)), list(_functions(new))
    keys = [_key(code) for code in originals]
    if keys != [_key(code) for code in changed]:
        return None
    pairs = zip(keys, originals, changed, strict=True)
    differing = {key: code for key, before_, code in pairs if code != before_}
    # Two lambdas of a line cannot be told apart.
    return None if any(keys.count(key) > 1 for key in differing) else differing


def functions_of(path: str) -> list[FunctionType]:
    """Every living function of a file."""
    return [each for each in _living(FunctionType) if each.__code__.co_filename == path]


def caches_of(paths: set[str]) -> list[Any]:
    """What the functions of files keep of their answers: a change shows in what is made anew."""
    wrapped = [(each, each.__wrapped__) for each in _living(_Cache)]
    return [
        cache
        for cache, function in wrapped
        if isinstance(function, FunctionType) and function.__code__.co_filename in paths
    ]


def _living(kind: type) -> list[Any]:
    # What the application froze is not told otherwise.
    gc.unfreeze()
    # By its own type: of a proxy the object behind it would be asked, which may be gone.
    found = [each for each in gc.get_objects() if type(each) is kind]
    gc.freeze()
    return found


def swap(functions: list[FunctionType], changed: Swapped) -> bool:
    """Gives each function its new code; False where one cannot take it."""
    for function in functions:
        code = changed.get(_key(function.__code__))
        if code and code.co_freevars != function.__code__.co_freevars:
            return False
        if code:
            function.__code__ = code
    return True


def _key(code: CodeType) -> Key:
    return code.co_qualname, code.co_firstlineno


def _nested(code: CodeType) -> list[CodeType]:
    return [constant for constant in code.co_consts if isinstance(constant, CodeType)]


def _functions(code: CodeType) -> Iterator[CodeType]:
    """All functions inside, those of classes and of functions too."""
    for inner in _nested(code):
        if inner.co_flags & inspect.CO_OPTIMIZED:
            yield inner
        yield from _functions(inner)


def _import_time(code: CodeType) -> tuple:
    """What the body of a module or a class does, without what its functions do later."""
    values = [repr(value) for value in code.co_consts if not isinstance(value, CodeType)]
    inner = [
        each.co_name if each.co_flags & inspect.CO_OPTIMIZED else _import_time(each)
        for each in _nested(code)
    ]
    return code.co_code, code.co_names, values, inner
