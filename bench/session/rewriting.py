# SPDX-License-Identifier: MIT
"""pytest asks of every module that is imported whether it is a test, whose asserts it would rewrite."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from _pytest.assertion.rewrite import AssertionRewritingHook


@contextmanager
def no_rewriting() -> Iterator[None]:
    """Import without being asked: no module of the bench is a test, and there are hundreds of them.

    What imports tests comes before or after. To ask takes a tenth of the time that importing takes.
    """
    hooks = [finder for finder in sys.meta_path if isinstance(finder, AssertionRewritingHook)]
    for hook in hooks:
        sys.meta_path.remove(hook)
    try:
        yield
    finally:
        sys.meta_path[:0] = hooks
