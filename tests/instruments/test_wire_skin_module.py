# SPDX-License-Identifier: MIT
"""The skin module's driver: what goes over the wire, and what it refuses to send."""

import pytest
from pymeasure.test import expected_protocol

from instruments.errors import BenchError, GarbledReply, InstrumentRefused
from instruments.skin_module import SkinModule

OK = b';0,"No error"'


class _Clock:
    def __init__(self):
        self.waited = 0.0

    def now(self):
        return self.waited

    def wait(self, seconds):
        self.waited += seconds


def module(*pairs, **options):
    return expected_protocol(SkinModule, list(pairs), networks=("N0", "N1"), **options)


@pytest.mark.parametrize(("name", "sent"), [("N1", b'"N1"'), (None, b'"BOX"'), ("open", b'"OPEN"')])
def test_a_selection_costs_one_round_trip(name, sent):
    clock = _Clock()
    with module((b":NETW:SEL " + sent, None), (b":NETW:SEL?;:SYST:ERR?", sent + OK), clock=clock, settle=5e-3) as skin:
        skin.select(name)
    assert clock.waited == 5e-3


def test_a_relay_that_does_not_follow_is_told():
    with (
        module((b':NETW:SEL "N1"', None), (b":NETW:SEL?;:SYST:ERR?", b'"BOX"' + OK)) as skin,
        pytest.raises(InstrumentRefused, match="network"),
    ):
        skin.select("N1")


@pytest.mark.parametrize("name", ["N2", "BOX", "n1", "", 'N1"'])
def test_a_network_without_a_certificate_is_not_selected(name):
    with module() as skin, pytest.raises(BenchError, match="no certified network"):
        skin.select(name)


def test_it_says_what_it_has():
    with module((b":NETW:CAT?;:SYST:ERR?", b'"N0","N1","N2"' + OK)) as skin:
        assert skin.catalog() == ["N0", "N1", "N2"]
        assert list(skin.networks) == ["N0", "N1"]


def test_a_silent_answer_is_garbled():
    with module((b":NETW:CAT?;:SYST:ERR?", b"")) as skin, pytest.raises(GarbledReply, match="skin"):
        skin.catalog()


def test_it_carries_no_energy_so_safety_asks_nothing_of_it():
    with module() as skin:
        skin.make_safe()
        assert skin.confirm_safe()
