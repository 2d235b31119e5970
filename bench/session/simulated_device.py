# SPDX-License-Identifier: MIT
"""Which device stands on the simulated bench, and the little that a plan must know of it."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ConfigDict, Field

from bench.session.input_files import InputReader
from bench.session.options import DEVICES
from stimcert.plan import Plan
from stimcert.strict_toml import Document, StrictModel

if TYPE_CHECKING:
    from instruments.sim.device_file import DeviceFile

# The simulated device that fits a plan: by the model that it names, else by the modality of its first mode.
GOOD_MODEL = {
    "MC-8": "microcurrent_good",
    "MENS-3": "microcurrent_mens",
    "GV-5": "galvanic_good",
    "EMS-2": "ems_consumer",
    "SU-3": "salon_unit",
}
GOOD_DEVICE = {"microcurrent": "microcurrent_good", "galvanic": "galvanic_good", "ems": "ems_consumer"}


class _Named(StrictModel):
    model_config = ConfigDict(extra="ignore")

    name: str


class ShippedDevice(StrictModel):
    """The modes of a shipped device that nobody named.

    What describes devices takes a twentieth of the time to the first point to load. The self-tests have validated what
    is shipped, and the simulator does so before it serves it; a device that somebody names is validated here.
    """

    model_config = ConfigDict(extra="ignore")

    modes: tuple[_Named, ...] = Field(alias="mode")


@dataclass(frozen=True, kw_only=True)
class SimulatedDevice:
    """The device on the simulated bench."""

    path: Path
    document: "Document[DeviceFile] | Document[ShippedDevice]"


def simulated_device(reader: InputReader, named: Path | None, plan: Document[Plan] | None) -> SimulatedDevice | None:
    """Read the device of a simulated bench; None where no file could be read, or none fits the plan.

    :param named: by the user; without one it is the good device of the model that the plan names, or of its modality.
    """
    if named is not None:
        from instruments.sim.device_file import DeviceFile

        document = reader.read("device", named, DeviceFile)
        return None if document is None else SimulatedDevice(path=named, document=document)
    path = _that_fits(plan)
    shipped = None if path is None else reader.read("device", path, ShippedDevice)
    return None if path is None or shipped is None else SimulatedDevice(path=path, document=shipped)


def _that_fits(plan: Document[Plan] | None) -> Path | None:
    modes = getattr(plan.value, "modes", ()) if plan is not None else ()
    modality = getattr(modes[0], "modality", None) if modes else "microcurrent"
    model = getattr(getattr(plan.value, "device", None), "model", None) if plan is not None else None
    name = GOOD_MODEL.get(str(model)) or GOOD_DEVICE.get(str(modality))
    return None if name is None else DEVICES / f"{name}.toml"
