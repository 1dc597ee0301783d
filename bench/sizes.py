"""Bytes on disk: of folders, and of the packages that a lock names."""

import importlib.metadata
import re
from pathlib import Path


def folder_size(folder: Path) -> int:
    """The bytes of all files below ``folder``; links are not followed."""
    return sum(path.lstat().st_size for path in folder.rglob("*") if path.is_file() or path.is_symlink())


def locked_size(environment: Path, lock: Path) -> int:
    """The bytes of those packages of an environment that ``lock`` names, with their compiled modules.

    An environment for development holds more than what serves.
    """
    names = set(re.findall(r"^([A-Za-z0-9._-]+)==", lock.read_text(encoding="utf-8"), re.MULTILINE))
    wanted = {_normal(name) for name in names}
    (packages,) = environment.glob("lib/python3.*/site-packages")
    total = 0
    for distribution in importlib.metadata.distributions(path=[str(packages)]):
        if _normal(distribution.metadata["Name"]) in wanted:
            total += sum(_with_compiled(Path(str(file.locate()))) for file in distribution.files or [])
    return total


def _with_compiled(path: Path) -> int:
    if path.suffix == ".pyc" or not path.is_file():
        return 0
    compiled = (path.parent / "__pycache__").glob(f"{path.stem}.*.pyc") if path.suffix == ".py" else ()
    return sum(file.stat().st_size for file in (path, *compiled))


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
