# SPDX-License-Identifier: MIT
"""What is measured in all these scripts: one case with many readings, on a device with many levels."""

import datetime
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CASE = "PF-01"
SERIAL = "SIM-0001"
LOWEST, HIGHEST = 100e-6, 400e-6
# The last level stands out: one that the measurement cannot tell from the one below is not proven to be the top.
TOP_STEP = 20e-6
LOADS = ("500 Ω", "1 kΩ", "2 kΩ", "5 kΩ", "10 kΩ")
TOP = 1000

DEVICE = """\
schema = 1
name = "many_levels"
manufacturer = "Example"
model = "Many"
firmware = "1.0"
description = "A direct current in very many levels."
rail = "30 V"
settling = "0 s"

[[mode]]
name = "steady"
waveform = "dc"
amplitudes = [{amplitudes}]
"""

LIMITS = """\
schema = 1
id = "performance"
title = "Limits that nothing reaches"

[[limit]]
id = "performance.peak"
metric = "current.peak"
upper = "600 µA"
kind = "limit"
regime = "manufacturer"
source = "made for performance scripts"
status = "unverified"

[[limit]]
id = "performance.mean"
metric = "current.mean"
lower = "-600 µA"
upper = "600 µA"
kind = "limit"
regime = "manufacturer"
source = "made for performance scripts"
status = "unverified"
"""

PROFILE = """\
schema = 1
id = "performance"
title = "Certifies nothing"
claim = "microcurrent"
kind = "smoke"
procedures = ["output_current"]
levels = "top"
rule = "guard-U"
"""

PLAN = """\
schema = 1
id = "performance"
revision = "1"
title = "Many readings in one case"
regime = "manufacturer"
decision_rule = "guard-U"
limits = ["limits.toml"]
profile = "profile.toml"

[device]
manufacturer = "Example"
model = "Many"
claims = ["microcurrent"]

[[mode]]
name = "steady"
modality = "microcurrent"
levels = {levels}
worst_case = "1 mA"
{declared}
[[case]]
id = "{case}"
title = "Every level"
procedure = "output_current"
modes = ["steady"]
loads = [{loads}]
dwell = "1 ms"
settle = "1 ms"
limits = ["performance.peak", "performance.mean"]
"""

DECLARED = """
[[mode.declared]]
level = {level}
metric = "{metric}"
value = "{value:.4f} µA"
tolerance = "20 %"
load_min = "500 Ω"
load_max = "10 kΩ"
"""


@dataclass(frozen=True, kw_only=True)
class Workload:
    """Files of one run: the plan with its device."""

    plan: Path
    device: Path


def write_workload(folder: Path, readings: int) -> Workload:
    """Write a plan with about ``readings`` readings: a peak and a mean at each of half as many points."""
    points = readings // 2
    loads = -(-points // TOP)
    levels = points // loads
    folder.mkdir(parents=True)
    amplitudes = [LOWEST + (HIGHEST - LOWEST) * level / levels for level in range(1, levels + 1)]
    amplitudes[-1] += TOP_STEP
    declared = "".join(
        DECLARED.format(level=level, metric=metric, value=value * 1e6)
        for level, value in enumerate(amplitudes, start=1)
        for metric in ("current.peak", "current.mean")
    )
    texts = {
        "limits.toml": LIMITS,
        "profile.toml": PROFILE,
        "device.toml": DEVICE.format(amplitudes=", ".join(f'"{value * 1e6:.4f} µA"' for value in amplitudes)),
        "plan.toml": PLAN.format(
            levels=levels, declared=declared, case=CASE, loads=", ".join(f'"{load}"' for load in LOADS[:loads])
        ),
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return Workload(plan=folder / "plan.toml", device=folder / "device.toml")


def write_station(file: Path, ports: dict[str, int]) -> Path:
    """Write the simulated station as one that is reached from outside, at these ports."""
    text = (ROOT / "instruments" / "stations" / "sim.toml").read_text(encoding="utf-8")
    text = text.replace("[simulator]\nembedded = true\n", "")
    for role, port in ports.items():
        text = text.replace(f'"embedded:{role}"', f'"TCPIP::127.0.0.1::{port}::SOCKET"')
    today = datetime.date.today()
    for words, days in (('"-30 d"', -30), ('"+335 d"', 335)):
        text = text.replace(words, (today + datetime.timedelta(days=days)).isoformat())
    file.write_text(text, encoding="utf-8")
    return file
