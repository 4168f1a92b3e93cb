"""The house's rules that no linter of imports can see, and the import contracts themselves."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

PURE_MODULES = {
    "__future__", "ast", "bisect", "collections", "copy", "dataclasses", "datetime", "difflib", "enum", "fnmatch",
    "functools", "hashlib", "heapq", "hmac", "itertools", "json", "math", "operator", "re", "statistics", "string",
    "types", "typing", "unicodedata", "zoneinfo", "calendar", "fractions", "decimal", "textwrap", "contextlib", "abc",
    "base64", "struct", "random",
}  # fmt: skip
# Finds the node types: a new one is one file, told to nobody.
PURE_MODULES_OF = {"app/domain/flow/nodes/__init__.py": {"importlib", "pkgutil"}}
IMPURE_CALLS = {"now", "utcnow", "today", "uuid1", "uuid4", "open", "monotonic", "time", "input", "print"}
# The generator is allowed, its hidden global one is not: seeds come from the journal.
ONLY_FROM_RANDOM = {"Random"}

QT_WIDGET_PLACES = ("view.py", "main_window.py")
QT_WIDGET_FOLDERS = {"widgets", "canvas", "interactions", "inspector", "theme"}


def sources(*folders: str) -> list[Path]:
    return [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]


def imports(tree: ast.AST) -> list[tuple[str, list[str]]]:
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [(alias.name, []) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            found.append((node.module or "", [alias.name for alias in node.names]))
    return found


@pytest.mark.parametrize("path", sources("app/domain"), ids=lambda path: str(path.relative_to(ROOT)))
def test_the_domain_is_pure(path: Path):
    tree = ast.parse(path.read_text())
    pure = PURE_MODULES | PURE_MODULES_OF.get(path.relative_to(ROOT).as_posix(), set())
    for module, names in imports(tree):
        top = module.split(".")[0]
        assert module.startswith("app.domain") or module == "app" or top in pure, f"imports {module}"
        if top == "random":
            assert set(names) <= ONLY_FROM_RANDOM and names, "random only by its seeded generator"
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            assert called not in IMPURE_CALLS, f"line {node.lineno} calls {called}()"


def widget_free(path: Path) -> bool:
    return path.name not in QT_WIDGET_PLACES and not QT_WIDGET_FOLDERS & set(path.parts)


@pytest.mark.parametrize(
    "path", sources("app/desktop", "ivr_designer"), ids=lambda path: str(path.relative_to(ROOT))
)
def test_widgets_stay_in_views(path: Path):
    if not widget_free(path):
        return
    for module, names in imports(ast.parse(path.read_text())):
        assert not module.startswith("PySide6.QtWidgets"), "widgets belong in views"
        assert not (module == "PySide6" and "QtWidgets" in names), "widgets belong in views"


def test_the_import_contracts_are_kept():
    tool = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run([tool], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:]


def test_the_locks_name_no_registry():
    for lock in sorted((ROOT / "locks").iterdir()):
        assert "://" not in lock.read_text(), lock.name
