# SPDX-License-Identifier: MIT
"""Accuracy tables: what is shipped, and what a wrong table is told."""

import pytest

from instruments.data_sheets import AccuracyTable, accuracy_file, load_accuracy
from instruments.dmm6500 import DMM6500, VOLTAGE_RANGES
from instruments.keithley2450 import CURRENT_RANGES
from instruments.keithley2450 import VOLTAGE_RANGES as SOURCE_RANGES
from stimcert.strict_toml import InvalidFile, load

HEAD = """
schema = 1
driver = "x"
model = "X"
source = "a data sheet"
revision = "A"
status = "verified"
conditions = "1 year"
"""
ROW = '[[current]]\nrange = "1 mA"\ngain = "0.02 %"\noffset = "60 nA"\nresolution = "1 nA"\n'


def table(text):
    return load(text.encode(), AccuracyTable, "x.toml").value


@pytest.mark.parametrize("driver", ["keithley2450", "dmm6500"])
def test_shipped_tables_are_read_and_name_their_driver(driver):
    assert accuracy_file(driver).is_file()
    assert load_accuracy(driver).driver == driver


def test_every_range_in_use_has_an_accuracy():
    smu, digitizer = load_accuracy("keithley2450"), load_accuracy("dmm6500")
    assert smu.current_ranges == CURRENT_RANGES
    assert set(SOURCE_RANGES) <= set(smu.voltage_ranges)
    assert digitizer.digitize_ranges == VOLTAGE_RANGES == DMM6500(None, accuracy=digitizer).voltage_ranges


def test_half_width_of_a_row():
    assert table(HEAD + ROW).current(1e-3).half_width(-600e-6) == pytest.approx(180e-9)


def test_range_that_does_not_exist_names_those_that_do():
    with pytest.raises(ValueError, match=r"X has no current range of 0.002; its ranges are: 1 mA"):
        table(HEAD + ROW).current(2e-3)
    with pytest.raises(ValueError, match="X has no digitize range of 1; its ranges are: none"):
        table(HEAD + ROW).digitize(1.0)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (HEAD + ROW.replace("1 mA", "1 mV"), "current"),
        (HEAD + ROW.replace("0.02 %", "0,02 %"), "0,02 %"),
        (HEAD + ROW.replace("60 nA", "0 A"), "greater than zero"),
        (HEAD + ROW + ROW, "ascend"),
        (HEAD + ROW + "surprise = 1\n", "surprise"),
        (HEAD.replace('"verified"', '"believed"') + ROW, "status"),
        (HEAD.replace('source = "a data sheet"\n', "") + ROW, "source"),
    ],
)
def test_mistakes_in_a_table_are_told_with_their_position(text, said):
    with pytest.raises(InvalidFile, match=said) as caught:
        table(text)
    assert str(caught.value).startswith("x.toml:")
