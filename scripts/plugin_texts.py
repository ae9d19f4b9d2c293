"""Finds every text of the plugin that people read, and the context in which Qt looks it up.

Read are calls of ``tr`` and of functions that wrap ``QCoreApplication.translate``, the marker
``QT_TRANSLATE_NOOP(context, text)``, titles that are declared as data, and forms (``*.ui``). Qt's
``self.tr`` looks a text up under the class of the object, so a text of a class is listed for each
of its subclasses too.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "qgis_plugin"
ALGORITHMS = "Algorithms"
# A text that stands in a declaration: class or function, which argument, the context.
_DECLARED = {"Group": (1, ALGORITHMS), "Panel": (0, "Interface")}
_TITLES = {"title"}

Text = tuple[str, str]


class TextError(ValueError):
    """A text that cannot be found without running the plugin."""


@dataclass
class Kind:
    """A class of the plugin: what it inherits, and the context that its own ``tr`` uses."""

    bases: list[str]
    context: str | None = None


@dataclass
class Sources:
    """The plugin's modules, classes and translating functions."""

    modules: dict[str, ast.Module]
    kinds: dict[str, Kind] = field(default_factory=dict)
    functions: dict[str, dict[str, str]] = field(default_factory=dict)

    def contexts(self, name: str) -> set[str]:
        """Return the contexts under which a text of a class may be looked up."""
        own = self._own_context(name)
        if own is not None:
            return {own}
        below = {one for one in self.kinds if name in self._ancestors(one)}
        return {name} | {one for one in below if self._own_context(one) is None}

    def is_algorithm(self, name: str) -> bool:
        """Tell whether a class is one of the toolbox."""
        return self._own_context(name) == ALGORITHMS

    def _own_context(self, name: str) -> str | None:
        for one in (name, *self._ancestors(name)):
            if one in self.kinds and self.kinds[one].context is not None:
                return self.kinds[one].context
        return None

    def _ancestors(self, name: str) -> list[str]:
        found: list[str] = []
        waiting = list(self.kinds[name].bases) if name in self.kinds else []
        while waiting:
            base = waiting.pop(0)
            if base not in found:
                found.append(base)
                waiting += self.kinds[base].bases if base in self.kinds else []
        return found


def texts(source: Path = SOURCE) -> list[Text]:
    """Return context and text of all that the plugin says, in a fixed order.

    Raises
    ------
    TextError
        A text is put together at run time, or its context is not known; the message says where.
    """
    sources = _read(source)
    found: set[Text] = set()
    troubles: list[str] = []
    for name, module in sources.modules.items():
        reader = _Reader(sources, name)
        reader.visit(module)
        found |= reader.found
        troubles += reader.troubles
    for form in sorted(source.rglob("*.ui")):
        found |= set(_form(form))
    if troubles:
        raise TextError("\n".join(troubles))
    return sorted(found)


def _read(source: Path) -> Sources:
    paths = sorted(source.rglob("*.py"))
    sources = Sources({
        str(path.relative_to(source)): ast.parse(path.read_text("utf-8")) for path in paths
    })  # fmt: skip
    for name, module in sources.modules.items():
        constants = _constants(module)
        for node in ast.walk(module):
            if isinstance(node, ast.ClassDef):
                bases = [_last_name(base) for base in node.bases]
                sources.kinds[node.name] = Kind(bases, _wrapped(node, constants, "tr"))
        contexts = {
            node.name: _context_of(node, constants)
            for node in module.body
            if isinstance(node, ast.FunctionDef)
        }
        sources.functions[name] = {one: given for one, given in contexts.items() if given}
    return sources


def _functions(sources: Sources, module: str) -> dict[str, str]:
    """Return the translating functions that a module has or imports, with their contexts."""
    found = dict(sources.functions[module])
    for node in ast.walk(sources.modules[module]):
        if isinstance(node, ast.ImportFrom) and node.module:
            path = "/".join(node.module.split(".")[1:]) + ".py"
            for one in node.names:
                context = sources.functions.get(path, {}).get(one.name)
                if context is not None:
                    found[one.asname or one.name] = context
    return found


def _constants(module: ast.Module) -> dict[str, str]:
    return {
        node.targets[0].id: node.value.value
        for node in module.body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
        and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
    }  # fmt: skip


def _wrapped(kind: ast.ClassDef, constants: dict[str, str], name: str) -> str | None:
    for node in kind.body:
        if isinstance(node, ast.FunctionDef) and node.name == name:
            return _context_of(node, constants)
    return None


def _context_of(function: ast.FunctionDef, constants: dict[str, str]) -> str | None:
    """Return the context of a function that only passes a text on to Qt."""
    names = {one.arg for one in function.args.args}
    for node in ast.walk(function):
        passes_on = (
            isinstance(node, ast.Call) and _last_name(node.func) == "translate"
            and len(node.args) > 1 and isinstance(node.args[1], ast.Name)
            and node.args[1].id in names
        )  # fmt: skip
        if passes_on:
            return _literal(node.args[0], constants)
    return None


def _literal(node: ast.expr, constants: dict[str, str]) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    return constants.get(node.id) if isinstance(node, ast.Name) else None


def _last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


class _Reader(ast.NodeVisitor):
    """Collects the texts of one module."""

    def __init__(self, sources: Sources, name: str) -> None:
        self.sources = sources
        self.name = name
        self.functions = _functions(sources, name)
        self.found: set[Text] = set()
        self.troubles: list[str] = []
        self._kinds: list[str] = []
        self._functions: list[ast.FunctionDef] = []
        self._constants: dict[str, str] = {}

    def visit_Module(self, node: ast.Module) -> None:
        self._constants = _constants(node)
        self.generic_visit(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._kinds.append(node.name)
        if self.sources.is_algorithm(node.name):
            for line in node.body:
                if isinstance(line, ast.Assign) and _last_name(line.targets[0]) in _TITLES:
                    self._add({ALGORITHMS}, line.value)
        self.generic_visit(node)
        self._kinds.pop()

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self._functions.append(node)
        self.generic_visit(node)
        self._functions.pop()

    def visit_Call(self, node: ast.Call) -> None:
        self.generic_visit(node)
        name = _last_name(node.func)
        if name in _DECLARED and isinstance(node.func, ast.Name):
            place, context = _DECLARED[name]
            if len(node.args) > place:
                self._add({context}, node.args[place])
        elif name == "tr" and isinstance(node.func, ast.Attribute) and node.args:
            self._add(self._contexts_of(node.func.value, node), node.args[0])
        elif name in {"translate", "QT_TRANSLATE_NOOP"} and len(node.args) > 1:
            context = _literal(node.args[0], self._constants)
            self._add({context} if context else set(), node.args[1])
        elif isinstance(node.func, ast.Name) and name in self.functions and node.args:
            self._add({self.functions[name]}, node.args[0])

    def _contexts_of(self, owner: ast.expr, node: ast.Call) -> set[str]:
        if isinstance(owner, ast.Name) and owner.id == "self" and self._kinds:
            return self.sources.contexts(self._kinds[-1])
        if isinstance(owner, ast.Name) and owner.id == "algorithm":
            return {ALGORITHMS}
        kind = self._annotation(owner)
        if kind in self.sources.kinds:
            return self.sources.contexts(kind)
        self._complain(node, "the context is not known; write QCoreApplication.translate")
        return set()

    def _annotation(self, owner: ast.expr) -> str:
        """Return the class that the enclosing function says a name has."""
        for function in self._functions:
            for one in function.args.args:
                if isinstance(owner, ast.Name) and one.arg == owner.id and one.annotation:
                    return _last_name(one.annotation)
        return ""

    def _add(self, contexts: set[str], node: ast.expr) -> None:
        if isinstance(node, ast.IfExp):
            self._add(contexts, node.body)
            self._add(contexts, node.orelse)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            self.found |= {(context, node.value) for context in contexts if node.value.strip()}
        elif isinstance(node, (ast.JoinedStr, ast.BinOp)):
            self._complain(node, "a text must be a literal with {names}, filled in by format()")
        # A name or attribute refers to a text that is found where it is declared.

    def _complain(self, node: ast.expr, trouble: str) -> None:
        self.troubles.append(f"{self.name}:{node.lineno}: {trouble}")


def _form(path: Path) -> Iterator[Text]:
    tree = ElementTree.parse(path)
    context = tree.findtext("class") or path.stem
    for node in tree.iter("string"):
        if node.text and node.text.strip() and node.get("notr") != "true":
            yield context, node.text
