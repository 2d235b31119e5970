# SPDX-License-Identifier: MIT
import sys

import pytest
from _pytest.assertion.rewrite import AssertionRewritingHook

from bench.session.rewriting import no_rewriting


def test_the_hook_is_away_and_comes_back_whatever_happens() -> None:
    before = list(sys.meta_path)
    assert any(isinstance(finder, AssertionRewritingHook) for finder in before)
    with pytest.raises(ImportError), no_rewriting():
        assert not any(isinstance(finder, AssertionRewritingHook) for finder in sys.meta_path)
        raise ImportError
    assert sys.meta_path == before
