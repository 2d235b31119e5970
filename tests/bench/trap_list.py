# SPDX-License-Identifier: MIT
"""The traps that fool a naive meter, each as a simulated device or bench, with what must come of it: written first."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.bench.naive_meter import mean_current
from tests.bench.runs import GALVANIC, MICROCURRENT, Ask, Edited

CEILING = 600e-6
FILES = 'limits = ["limits/microcurrent.toml", "limits/example_devices.toml"]'


@dataclass(frozen=True, kw_only=True)
class Trap:
    """One trap.

    :param number: in the list of traps that this bench was made for.
    :param setting: the device or the bench, in words.
    :param device: shipped device.
    :param case: the case that finds it, as a plan writes it, without id and title.
    :param verdict: of that case.
    :param code: its reason.
    :param naive: what an averaging meter shows, A, at 2 kΩ in the middle of the top level.
    :param levels: of each mode, where the device has others than its plan; nothing is declared then.
    :param bound: largest magnitude with which somebody who trusts that meter would be content, A.
    """

    number: str
    setting: str
    device: str
    case: str
    verdict: str
    code: str
    fault: str = ""
    origin: str = MICROCURRENT
    mode: str = "lift"
    bound: float = CEILING
    levels: int | None = None
    naive: Callable[["Trap"], float] = field(default=lambda trap: mean_current(trap.device, trap.mode))

    @property
    def ask(self) -> Ask:
        """The run that shows it."""
        options = (f"--sim-fault={self.fault}",) if self.fault else ()
        return Ask(name=f"trap {self.number}", device=self.device, plan=self.plan, options=options)

    @property
    def plan(self) -> Edited:
        """The device's plan with this one case and no other."""
        text = Edited(self.origin).text
        title = self.setting[:60].strip()
        case = f'[[case]]\nid = "TR-{int(self.number.rstrip("ab")):02d}"\ntitle = "{title}"\n{self.case}'
        plan = re.sub(r"^limits = .*\n", "", text[: text.index("[[case]]")], count=1, flags=re.MULTILINE)
        plan = plan.replace("profile = ", f"{FILES}\nprofile = ")
        if self.levels is not None:
            plan = re.sub(r"\[\[mode\.declared\]\]\n(?:.+\n)+\n", "", plan)
            plan = re.sub(r"^levels = .*$", f"levels = {self.levels}", plan, flags=re.MULTILINE)
        return Edited(self.origin, ((text, plan + case),))


def output_current(dwell: str) -> str:
    """Return a case that captures the top level."""
    return (
        f'procedure = "output_current"\nmodes = ["lift"]\nlevels = [8]\nloads = ["2 kΩ"]\ndwell = "{dwell}"\n'
        'limits = ["microcurrent.ceiling"]\n'
    )


TRANSIENTS = (
    'procedure = "transients"\nmodes = ["lift"]\nlevels = [8]\nloads = ["2 kΩ", "10 kΩ"]\ndwell = "20 ms"\n'
    'repetitions = 1\nlimits = ["microcurrent.ceiling"]\n'
)
POLARITY = 'procedure = "polarity"\nmodes = ["desincrustation"]\nlevels = [5]\nloads = ["2 kΩ"]\n'

TRAPS = (
    Trap(
        number="1",
        setting="balanced biphasic pulses of 8 mA, sold as microcurrent",
        device="mislabelled_ems",
        case=output_current("20 ms"),
        verdict="FAIL",
        code="limit_exceeded",
    ),
    Trap(
        number="2",
        setting="twenty pulses of 5 mA, 100 µs, once a second",
        device="microcurrent_low_mean",
        case=output_current("1.2 s"),
        verdict="FAIL",
        code="limit_exceeded",
    ),
    Trap(
        number="3",
        setting="a square wave of 2 mA at the mains frequency, before a meter that integrates over line cycles",
        device="microcurrent_aliased",
        case=output_current("100 ms"),
        verdict="FAIL",
        code="limit_exceeded",
    ),
    Trap(
        number="4",
        setting="direct current that changes its sign every two seconds, looked at for a fifth of one",
        device="galvanic_alternating",
        case=POLARITY + 'dwell = "12 s"\n',
        verdict="FAIL",
        code="polarity_reverses",
        origin=GALVANIC,
        mode="desincrustation",
    ),
    Trap(
        number="5",
        setting="5 mA for 200 µs at every start and change",
        device="microcurrent_surge",
        case=TRANSIENTS,
        verdict="FAIL",
        code="limit_exceeded",
    ),
    Trap(
        number="6",
        setting="lifted off, its output capacitor goes to 80 V, and empties at the next contact",
        device="microcurrent_contact_spike",
        case=TRANSIENTS,
        verdict="FAIL",
        code="limit_exceeded",
    ),
    Trap(
        number="7",
        setting="spikes of 60 mA for 20 µs: any range that fits the mean clips them",
        device="microcurrent_over_range",
        case=output_current("20 ms"),
        verdict="FAIL",
        code="limit_exceeded",
    ),
    Trap(
        number="8a",
        setting="the electrodes the wrong way round, before a meter that shows magnitudes",
        device="galvanic_reversed",
        case=POLARITY + 'dwell = "100 ms"\n',
        verdict="FAIL",
        code="polarity_reversed",
        origin=GALVANIC,
        mode="desincrustation",
    ),
    Trap(
        number="8b",
        setting="a voltage of 240 mV that changes its sign on charged skin",
        device="microcurrent_voltage_swap",
        case=output_current("100 ms").replace('loads = ["2 kΩ"]', 'loads = ["2 kΩ"]\nskin = ["N3"]'),
        verdict="FAIL",
        code="limit_exceeded",
        levels=8,
    ),
    Trap(
        number="9",
        setting="after the highest level comes the lowest",
        device="microcurrent_wraps",
        case=(
            'procedure = "intensity_control"\nmodes = ["lift"]\nlevels = [7, 8]\nloads = ["2 kΩ"]\ndwell = "20 ms"\n'
            'limits = ["example_devices.mc8_drop"]\n'
        ),
        verdict="FAIL",
        code="limit_exceeded",
    ),
    Trap(
        number="10",
        setting="the current follows the conductance of the skin: measured on 2 kΩ alone it is constant",
        device="galvanic_consumer",
        case=(
            'procedure = "load_regulation"\nmodes = ["desincrustation"]\nlevels = [1]\nloads = ["2 kΩ", "10 kΩ"]\n'
            'dwell = "20 ms"\nsettle = "3 s"\nlimits = ["example_devices.mc8_regulation"]\n'
        ),
        verdict="FAIL",
        code="limit_exceeded",
        origin=GALVANIC,
        mode="desincrustation",
        levels=1,
    ),
    Trap(
        number="12",
        setting="a load box that is 2 % above what it was set to: warm resistors, worn contacts",
        device="microcurrent_good",
        case=output_current("20 ms"),
        verdict="ERROR",
        code="load_wrong",
        fault="load_off",
    ),
    Trap(
        number="13",
        setting="an overflow code, 9.9E37, where a current is expected; as NaN it is not above any limit",
        device="microcurrent_good",
        case=output_current("20 ms"),
        verdict="ERROR",
        code="smu_overrange",
        fault="smu_overrange",
        naive=lambda trap: float("nan"),
    ),
)
NOT_EXAMINED = {"11": "earthed or floating return", "14": "two channels: current from one to the other"}
"""Traps that need another bench; every report names them."""
