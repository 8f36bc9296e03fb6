"""The project's own files, for the sweeps."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from forum.config import ROOT

BINARY = {".gz", ".ico", ".npz", ".onnx", ".png", ".safetensors", ".woff2"}


MADE = {"instance", "build", "dist", "__pycache__"}


@cache
def tracked() -> tuple[Path, ...]:
    """Every file that git keeps or would keep; without git, every file that is not hidden or made."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    try:
        listing = subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    except (FileNotFoundError, subprocess.CalledProcessError):
        return tuple(sorted(_walked()))
    names = [name for name in listing.stdout.decode().split("\0") if name]
    return tuple(sorted(path for path in (ROOT / name for name in names) if path.is_file()))


def _walked() -> Iterator[Path]:
    for path in ROOT.rglob("*"):
        inside = path.relative_to(ROOT).parts
        if path.is_file() and not any(part.startswith(".") or part in MADE for part in inside):
            yield path


def texts() -> Iterator[tuple[str, str]]:
    """Relative name and content of every text file."""
    for path in tracked():
        if path.suffix not in BINARY:
            yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")


@cache
def modules() -> dict[str, ast.Module]:
    """The syntax tree of every Python file, by relative name."""
    found = {name: text for name, text in texts() if name.endswith(".py")}
    return {name: ast.parse(text, filename=name) for name, text in found.items()}


def imported_by(tree: ast.Module) -> set[str]:
    """The top-level packages that a module imports, wherever in it the import stands."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {name.name.split(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".")[0])
    return found


def calls(tree: ast.Module) -> Iterator[tuple[str, str, int]]:
    """Each call of `owner.method(…)`, as owner's last name, method and line."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = node.func.value
            name = owner.id if isinstance(owner, ast.Name) else getattr(owner, "attr", "")
            yield name, node.func.attr, node.lineno
