"""The small changes of a module, one at a time."""

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass

_COMPARISONS = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
_OPERATORS = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}
# Calls whose keywords are conditions or values of rows: each is left out once.
_KEYWORDS_MATTER = {"Q", "When", "filter", "exclude", "get", "update"}


@dataclass(frozen=True)
class Mutant:
    """One change: where it is, and what it says before and after."""

    line: int
    end_line: int
    # The function or class it is in, dotted; "" for the module itself.
    place: str
    before: str
    after: str
    # The module without the change, the fields that lead to what is changed, and the change.
    original: ast.Module
    path: tuple
    changed: ast.AST

    @property
    def tree(self) -> ast.Module:
        """The changed module."""
        mutated = copy.deepcopy(self.original)
        parent: ast.AST = mutated
        for field, index in self.path[:-1]:
            value = getattr(parent, field)
            parent = value if index is None else value[index]
        field, index = self.path[-1]
        if index is None:
            setattr(parent, field, self.changed)
        else:
            getattr(parent, field)[index] = self.changed
        return ast.fix_missing_locations(mutated)

    @property
    def name(self) -> str:
        """What tells it from the others, wherever its lines move to."""
        return f"{self.place}: {self.before} -> {self.after}"


def mutants_of(source: str) -> Iterator[Mutant]:
    """All changes of a module's text, in the order of its lines."""
    tree = ast.parse(source)
    for path, node, place in _nodes(tree, (), ""):
        for changed in _changes(node):
            yield _mutant(tree, path, node, place, changed)


def _mutant(tree: ast.Module, path: tuple, node: ast.AST, place: str, changed: ast.AST) -> Mutant:
    return Mutant(
        line=node.lineno,
        end_line=node.end_lineno or node.lineno,
        place=place,
        before=_short(node),
        after=_short(changed),
        original=tree,
        path=path,
        changed=ast.copy_location(changed, node),
    )


def _short(node: ast.AST) -> str:
    words = " ".join(ast.unparse(node).split())
    return words if len(words) <= 100 else words[:97] + "..."


def _nodes(node: ast.AST, path: tuple, place: str) -> Iterator[tuple[tuple, ast.AST, str]]:
    """Every statement and expression that may be changed, but annotations and docstrings."""
    for field, value in ast.iter_fields(node):
        if field in ("annotation", "returns", "decorator_list", "type_params"):
            continue
        children = enumerate(value) if isinstance(value, list) else [(None, value)]
        for index, child in children:
            if not isinstance(child, ast.AST) or _is_docstring(child):
                continue
            here = (*path, (field, index))
            inside = place
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                inside = f"{place}.{child.name}".lstrip(".")
            if isinstance(child, ast.expr | ast.stmt):
                yield here, child, inside
            if not isinstance(child, ast.JoinedStr | ast.Import | ast.ImportFrom | ast.Raise):
                yield from _nodes(child, here, inside)


def _is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _changes(node: ast.AST) -> Iterator[ast.AST]:
    change = _BY_KIND.get(type(node))
    if change:
        yield from change(node)


def _of_comparison(node: ast.Compare) -> Iterator[ast.AST]:
    for place, operator in enumerate(node.ops):
        changed = copy.deepcopy(node)
        changed.ops[place] = _COMPARISONS[type(operator)]()
        yield changed


def _of_and_or(node: ast.BoolOp) -> Iterator[ast.AST]:
    changed = copy.deepcopy(node)
    changed.op = ast.And() if isinstance(node.op, ast.Or) else ast.Or()
    yield changed
    for place in range(len(node.values)):
        rest = [copy.deepcopy(value) for at, value in enumerate(node.values) if at != place]
        yield rest[0] if len(rest) == 1 else ast.BoolOp(copy.deepcopy(node.op), rest)


def _of_unary(node: ast.UnaryOp) -> Iterator[ast.AST]:
    if isinstance(node.op, ast.Not | ast.Invert | ast.USub):
        yield copy.deepcopy(node.operand)


def _of_binary(node: ast.BinOp) -> Iterator[ast.AST]:
    if type(node.op) in _OPERATORS:
        changed = copy.deepcopy(node)
        changed.op = _OPERATORS[type(node.op)]()
        yield changed


def _of_constant(node: ast.Constant) -> Iterator[ast.AST]:
    value = node.value
    if isinstance(value, bool):
        yield ast.Constant(not value)
    elif isinstance(value, int | float):
        yield ast.Constant(value + 1)
    elif isinstance(value, str | bytes) and len(value) and len(value.split()) == 1:
        # Words for people (with spaces) are no behaviour; keys, headers and signs are.
        yield ast.Constant(value + value[-1:])


def _of_condition(node: ast.If | ast.While | ast.IfExp) -> Iterator[ast.AST]:
    if isinstance(node.test, ast.Name | ast.Attribute | ast.Call | ast.NamedExpr | ast.Await):
        changed = copy.deepcopy(node)
        changed.test = ast.copy_location(
            ast.UnaryOp(ast.Not(), copy.deepcopy(node.test)), node.test
        )
        yield changed


def _of_call(node: ast.Call) -> Iterator[ast.AST]:
    called = getattr(node.func, "attr", getattr(node.func, "id", ""))
    if called in _KEYWORDS_MATTER and len(node.keywords) + len(node.args) > 1:
        for place in range(len(node.keywords)):
            changed = copy.deepcopy(node)
            del changed.keywords[place]
            yield changed


def _of_statement(node: ast.stmt) -> Iterator[ast.AST]:
    yield ast.Pass()


def _of_return(node: ast.Return) -> Iterator[ast.AST]:
    if node.value is None:
        yield ast.Pass()
    elif not (isinstance(node.value, ast.Constant) and node.value.value is None):
        yield ast.Return(ast.Constant(None))


_BY_KIND = {
    ast.Compare: _of_comparison,
    ast.BoolOp: _of_and_or,
    ast.UnaryOp: _of_unary,
    ast.BinOp: _of_binary,
    ast.Constant: _of_constant,
    ast.If: _of_condition,
    ast.While: _of_condition,
    ast.IfExp: _of_condition,
    ast.Call: _of_call,
    ast.Expr: _of_statement,
    ast.AugAssign: _of_statement,
    ast.Raise: _of_statement,
    ast.Delete: _of_statement,
    ast.Continue: _of_statement,
    ast.Break: _of_statement,
    ast.Return: _of_return,
}
