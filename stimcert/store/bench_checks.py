# SPDX-License-Identifier: MIT
"""Where the last bench check of each station is kept: in the user's state directory, beside the ledger."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from stimcert.store.file_lock import user_state_dir


def bench_check_file(station: str) -> Path:
    """Return the file of a station, by its name."""
    return user_state_dir() / "bench_checks" / f"{station}.json"


def read_bench_check(station: str) -> Mapping[str, Any] | None:
    """Return the last result of a station; None where there is none, an empty one for what cannot be read."""
    try:
        found = json.loads(bench_check_file(station).read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def write_bench_check(station: str, result: Mapping[str, Any]) -> Path:
    """Keep a result instead of the one before, all of it or nothing, and return its file.

    :raises OSError: when it cannot be written.
    """
    path = bench_check_file(station)
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    with fresh.open("w", encoding="utf-8") as file:
        json.dump(result, file, ensure_ascii=False, allow_nan=False, indent=1)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    return path
