# SPDX-License-Identifier: MIT
import string

import pytest

from stimcert.reason import CATALOGUE, Reason


@pytest.mark.parametrize("code", CATALOGUE)
def test_every_entry_says_what_to_do(code: str) -> None:
    entry = CATALOGUE[code]
    assert entry.advice
    list(string.Formatter().parse(entry.sentence))


def test_text_is_the_sentence_with_its_facts() -> None:
    reason = Reason("interrupted", {"signal": "SIGTERM"})
    assert reason.text == "interrupted by SIGTERM"
    assert reason.as_dict()["params"] == {"signal": "SIGTERM"}


def test_missing_fact_is_shown_not_lost() -> None:
    assert Reason("interrupted").text == "interrupted by <signal?>"


def test_unknown_code_is_refused() -> None:
    with pytest.raises(KeyError, match="catalogue"):
        Reason("because")
