# SPDX-License-Identifier: MIT
"""Where each key and value of a TOML file stands. :mod:`tomllib` stays the parser; this tree only locates."""

import tomllib
from dataclasses import dataclass

import tree_sitter_toml
from tree_sitter import Language, Node, Parser

Path = tuple[str | int, ...]


@dataclass(frozen=True, kw_only=True)
class Place:
    """Line and column, both from 1; columns count characters."""

    line: int
    column: int


START = Place(line=1, column=1)


class Positions:
    """Places of the keys and values of one file, by path from its root: ``("mode", 0, "name")``."""

    def __init__(self, text: str) -> None:
        self._lines = text.encode().split(b"\n")
        self._keys: dict[Path, Place] = {}
        self._values: dict[Path, Place] = {}
        self._counts: dict[Path, int] = {}
        tree = Parser(Language(tree_sitter_toml.language())).parse(text.encode())
        self._document(tree.root_node)

    def key(self, path: Path) -> Place:
        """Return where the key stands; where it does not exist, the nearest table around it."""
        return self._nearest(path, self._keys)

    def value(self, path: Path) -> Place:
        """Return where the value stands; where it does not exist, the nearest table around it."""
        return self._nearest(path, self._values)

    def _nearest(self, path: Path, first: dict[Path, Place]) -> Place:
        if path in first:
            return first[path]
        around = (path[:length] for length in range(len(path), 0, -1))
        return next((self._keys[part] for part in around if part in self._keys), START)

    def _place(self, node: Node) -> Place:
        row, offset = node.start_point
        return Place(line=row + 1, column=len(self._lines[row][:offset].decode(errors="replace")) + 1)

    def _document(self, root: Node) -> None:
        for node in root.children:
            if node.type == "pair":
                self._pair(node, ())
            elif node.type in ("table", "table_array_element"):
                self._table(node)

    def _table(self, node: Node) -> None:
        header = _first(node, "bare_key", "quoted_key", "dotted_key")
        if header is None:
            return
        names = _names(header)
        parent = self._resolved(names[:-1])
        path: Path = (*parent, names[-1])
        if node.type == "table_array_element":
            count = self._counts[path] = self._counts.get(path, -1) + 1
            path = (*path, count)
        self._remember(path, self._place(node), self._place(node))
        for child in node.children:
            if child.type == "pair":
                self._pair(child, path)

    def _resolved(self, names: list[str]) -> Path:
        """Return the path of a header's parent: the last element, where a name is an array of tables."""
        path: Path = ()
        for name in names:
            path = (*path, name)
            if path in self._counts:
                path = (*path, self._counts[path])
        return path

    def _pair(self, node: Node, table: Path) -> None:
        key = _first(node, "bare_key", "quoted_key", "dotted_key")
        if key is None or len(node.named_children) < 2:
            return
        path: Path = (*table, *_names(key))
        value = node.named_children[1]  # a comment on the same line would be the last one
        self._remember(path, self._place(key), self._place(value))
        self._inside(value, path)

    def _inside(self, value: Node, path: Path) -> None:
        if value.type == "inline_table":
            for child in value.named_children:
                if child.type == "pair":
                    self._pair(child, path)
        elif value.type == "array":
            elements = [child for child in value.named_children if child.type != "comment"]
            for index, element in enumerate(elements):
                self._remember((*path, index), self._place(element), self._place(element))
                self._inside(element, (*path, index))

    def _remember(self, path: Path, key: Place, value: Place) -> None:
        """Store a path, and each table on the way to it that has no place of its own yet."""
        self._keys[path] = key
        self._values[path] = value
        for length in range(1, len(path)):
            self._keys.setdefault(path[:length], key)
            self._values.setdefault(path[:length], key)


def _first(node: Node, *types: str) -> Node | None:
    return next((child for child in node.named_children if child.type in types), None)


def _names(key: Node) -> list[str]:
    """Return the names of a key: ``a."b c".d`` has three."""
    if key.type == "dotted_key":
        return [name for child in key.named_children for name in _names(child)]
    text = (key.text or b"").decode(errors="replace")
    return [text] if key.type == "bare_key" else [_unquoted(text)]


def _unquoted(text: str) -> str:
    try:
        return next(iter(tomllib.loads(f"{text} = 0")))
    except tomllib.TOMLDecodeError:
        return text
