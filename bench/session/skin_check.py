# SPDX-License-Identifier: MIT
"""Skin networks: each one that the plan uses is measured in its place in the loop, at direct current and by a step.

The one shows which network is there and that its resistors are whole, the other its capacitor. A step is too fast for
an SMU alone: on a station without digitizer only the certificate knows of the capacitor.
"""

import math

from bench.session.check_context import CheckContext
from bench.session.load_check import measure_resistance
from bench.session.step_check import check_step
from instruments.errors import BenchError
from instruments.skin_entries import Network
from stimcert.allowance import Allowance
from stimcert.quantity import show

# Time constants until what is left of a step is less than anything here can see.
_SETTLED = 20.0


def check_networks(context: CheckContext) -> None:
    """Measure Rs + Rp and the time constant of every network of the plan, with the shunt of each set-up in series.

    :raises BenchError: ``network_wrong`` or ``time_constant_wrong`` for one that is not what its certificate says;
        ``smu_limited`` or ``smu_overrange`` when it is the SMU.
    """
    station, skin = context.station, context.station.skin
    if skin is None:
        return
    certified = {network.name: network for network in context.inputs.station.networks}
    for setup, names in context.networks():
        station.switch.set_port("open")
        station.switch.select_shunt(setup.shunt.value.si)
        for name in names:
            network = certified[name]
            skin.select(name)
            station.switch.set_port("short")
            station.clock.wait(_SETTLED * network.time_constant)
            check = measure_resistance(
                context, setup, network.direct + setup.shunt.value.si, _certified(network), network=name
            )
            station.switch.set_port("open")
            if not check.good:
                raise _wrong(name, check.nominal, check.measured, check.allowed)
            if station.digitizer is not None:
                # By itself it discharges through its own Rp.
                station.clock.wait(_SETTLED * network.time_constant)
                check_step(context, station.digitizer, setup, network, check)
    skin.select(None)


def _certified(network: Network) -> Allowance:
    """Return what the certificate leaves open at direct current, Ω: two resistors, each with its own share."""
    share = network.expanded_uncertainty.si / network.coverage_factor
    return Allowance(normal=share * math.hypot(network.series.si, network.parallel.si))


def _wrong(name: str, nominal: float, measured: float, allowed: float) -> BenchError:
    values = {"expected": nominal, "measured": measured, "allowed": allowed}
    words = {key: show(value, "Ω") for key, value in values.items()}
    text = f"skin network {name}: expected {words['expected']}, measured {words['measured']}"
    return BenchError(f"{text}, allowed ± {words['allowed']}; check module and leads", code="network_wrong", **words)
