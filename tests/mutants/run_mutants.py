# SPDX-License-Identifier: MIT
"""Break what decides, one small mutant at a time, and see that a test fails for each.

mutmut makes the mutants of the modules that ``pyproject.toml`` names and runs the tests that reach them. One that no
test notices must stand in ``explained.toml``, with the reason why nobody could notice it; what stands there and does
not survive any more is a mistake too. Ends in 0 only without either.
"""

import json
import shutil
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
EXPLAINED = Path(__file__).with_name("explained.toml")
NOTICED = {1: "killed", 3: "killed", 36: "never ends", -24: "never ends", -9: "never ends"}
"""mutmut's codes of a mutant that made a test fail, or the tests run on for ever; every other one is a survivor."""


@dataclass(frozen=True, kw_only=True)
class Mutant:
    """A change of one function.

    :param place: module and function.
    :param before: the lines that are no more, without indentation.
    :param after: those in their place.
    """

    place: str
    before: str
    after: str

    def __str__(self) -> str:
        changes = (("-", self.before), ("+", self.after))
        return "\n    ".join([self.place, *(f"{sign} {line}" for sign, text in changes for line in text.splitlines())])


def codes() -> dict[str, int | None]:
    """Return mutmut's code of each mutant, by its name."""
    found: dict[str, int | None] = {}
    for file in sorted((ROOT / "mutants").rglob("*.meta")):
        found |= json.loads(file.read_text(encoding="utf-8"))["exit_code_by_key"]
    return found


def described(name: str) -> Mutant:
    """Return what a mutant changes."""
    from mutmut.mutation.diff_apply import get_diff_for_mutant

    lines = [line for line in get_diff_for_mutant(name).splitlines() if not line.startswith(("---", "+++"))]
    before, after = ("\n".join(line[1:].strip() for line in lines if line.startswith(sign)) for sign in "-+")
    return Mutant(place=_place(name), before=before, after=after)


def _place(name: str) -> str:
    """Return ``stimcert.rules.guard_band`` for ``stimcert.rules.x_guard_band__mutmut_4``."""
    module, _, function = name.rpartition("__mutmut_")[0].rpartition(".")
    # A method is xǁClassǁmethod, a function x_function.
    return f"{module}.{function.removeprefix('x').replace('ǁ', '.').removeprefix('_').removeprefix('.')}"


def explained() -> Iterator[Mutant]:
    """Yield the mutants that nobody can notice."""
    for entry in tomllib.loads(EXPLAINED.read_text(encoding="utf-8"))["mutant"]:
        if not entry["why"].strip():
            raise SystemExit(f"{EXPLAINED}: {entry['place']}: no reason is given")
        yield Mutant(place=entry["place"], before=entry["before"].strip(), after=entry["after"].strip())


def main() -> int:
    # What was found before may be due to other code, or to other tests.
    shutil.rmtree(ROOT / "mutants", ignore_errors=True)
    # Its code says nothing: survivors are not its business.
    subprocess.run([sys.executable, "-m", "mutmut", "run", "--max-children", "1", *sys.argv[1:]], cwd=ROOT, check=False)
    found = codes()
    counts = Counter(NOTICED.get(code, "survived") if code is not None else "not run" for code in found.values())
    survivors = {described(name) for name, code in found.items() if code is not None and code not in NOTICED}
    known = set(explained())
    for title, mutants in (("not explained", survivors - known), ("explained, and noticed", known - survivors)):
        print("".join(f"\n{title}: {mutant}" for mutant in sorted(mutants, key=str)))
    print(f"{len(found)} mutants: {', '.join(f'{count} {word}' for word, count in counts.items())}")
    print(f"{len(survivors - known)} not explained, {len(known - survivors)} explained in vain")
    return int(not found or survivors != known or counts["not run"] > 0)


if __name__ == "__main__":
    sys.exit(main())
