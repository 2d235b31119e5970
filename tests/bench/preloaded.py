# SPDX-License-Identifier: MIT
"""What runs are forked with: whatever they would import and compile anew each time is there after this import."""

import gc
from importlib import import_module

from _pytest.config import default_plugins

from instruments.data_sheets import AccuracyTable
from instruments.sim.device_file import DeviceFile
from instruments.station_file import StationFile
from reports.renderer import _environment
from stimcert.limits import LimitFile
from stimcert.plan import Plan
from stimcert.profile import Profile
from tests.bench.forked_helpers import MODULES

# Not what pytest rewrites (bench tests, plugins, conftest): it wants to be the first to import that.
_LOADED = (
    "GTC",
    "encodings.idna",
    "packaging.version",
    "platformdirs",
    "pymeasure.instruments",
    "pyvisa_py",
    "bench.session.electrical_checks",
    "bench.session.fixtures",
    "bench.session.hooks",
    "bench.session.run",
    "instruments.drivers",
    "instruments.station_checks",
    "reports.readback",
    "reports.view",
    "stimcert.mode_checks",
    "stimcert.path_agreement",
    "stimcert.plan_checks",
    "stimcert.record_averages",
    "stimcert.record_modality",
    "stimcert.record_pulses",
    *MODULES.values(),
    *(f"_pytest.{name}" for name in default_plugins),
)

for _name in _LOADED:
    import_module(_name)
for _name in _environment().list_templates(extensions=["j2"]):
    _environment().get_template(_name)
# Models are built when they are first asked for, which here would be in each run anew.
for _model in (AccuracyTable, DeviceFile, LimitFile, Plan, Profile, StationFile):
    _model.model_rebuild()
# What all of them share stays shared: nobody's collector walks through it, and no page is copied for it.
gc.collect()
gc.freeze()
