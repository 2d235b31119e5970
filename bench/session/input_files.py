# SPDX-License-Identifier: MIT
"""Reading the files of a run: the bytes, or a problem that says why there are none."""

import errno
import hashlib
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from stimcert.store.run_folder import sha256_of
from stimcert.strict_toml import MAX_BYTES, Document, InvalidFile, Problem, StrictModel, load

M = TypeVar("M", bound=StrictModel)

# Where a file is named: a document and the path of a key in it. Its line is looked for when there is a mistake only.
Naming = tuple[Document[Any], tuple[str | int, ...]]


@dataclass(frozen=True, kw_only=True)
class InputFile:
    """One file that a run depends on, as it was when the run began.

    :param role: ``plan``, ``limits``, ``profile``, ``station``, ``accuracy`` or ``device``.
    :param name: file name, unique within the run.
    """

    role: str
    path: Path
    name: str
    sha256: str
    data: bytes

    def changed(self) -> bool:
        """Return whether the file is not what it was any more, or gone."""
        try:
            return sha256_of(self.path) != self.sha256
        except OSError:
            return True


class Unreadable(Exception):
    """A file gives no bytes; the message says why."""


_WHY = {
    errno.ENOENT: "there is no such file",
    errno.ENOTDIR: "there is no such file",
    errno.EACCES: "there is no permission to read it",
    errno.EPERM: "there is no permission to read it",
    errno.ELOOP: "its symbolic links form a loop",
    errno.ENAMETOOLONG: "its name is too long",
    errno.EISDIR: "it is a directory; a file is needed",
}


def read_bytes(path: Path) -> bytes:
    """Return a file's bytes, at most one more than :data:`MAX_BYTES`.

    :raises Unreadable: when it is no regular file or cannot be read.
    """
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise Unreadable(_WHY[errno.EISDIR])
        if not stat.S_ISREG(mode):
            raise Unreadable("it is a device or a pipe; a regular file is needed")
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise Unreadable(_WHY.get(error.errno or 0, error.strerror or "it cannot be opened")) from None
    except ValueError:
        raise Unreadable("its name is none that a file can have") from None


def shown(path: Path) -> str:
    """Return how messages call a file: relative to where the user stands when it is below, printable in any case."""
    try:
        text = str(path.relative_to(Path.cwd()))
    except (ValueError, OSError):
        text = str(path)
    text = text.encode("utf-8", "backslashreplace").decode()
    return "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in text)


class InputReader:
    """Reads one file after another and gathers what is wrong with them."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.files: list[InputFile] = []

    def read(self, role: str, path: Path, model: type[M], *, named_by: Naming | None = None) -> Document[M] | None:
        """Read a file; a file with mistakes gives what could be read of it, or None.

        :param named_by: where another file names this one: an unreadable file is a mistake there.
        """
        name = shown(path)
        try:
            data = read_bytes(path)
        except Unreadable as error:
            self.problems.append(_unreadable(name, str(error), named_by))
            return None
        try:
            document = load(data, model, name)
        except InvalidFile as invalid:
            self.add(invalid.problems)
            return invalid.partial
        self._keep(role, path, data)
        return document

    def add(self, problems: Iterable[Problem]) -> None:
        """Gather problems, each once."""
        self.problems += [problem for problem in problems if problem not in self.problems]

    def _keep(self, role: str, path: Path, data: bytes) -> None:
        taken = {file.name for file in self.files}
        copies = (f"{path.stem}-{number}{path.suffix}" for number in range(2, len(taken) + 3))
        name = next(name for name in (path.name, *copies) if name not in taken)
        digest = hashlib.sha256(data).hexdigest()
        self.files.append(InputFile(role=role, path=path, name=name, sha256=digest, data=data))


def _unreadable(name: str, why: str, named_by: Naming | None) -> Problem:
    if named_by is None:
        return Problem(name, 1, 1, "", f"found nothing to read: {why}")
    document, path = named_by
    return document.problem(path, f'found "{name}", but {why}')
