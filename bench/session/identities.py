# SPDX-License-Identifier: MIT
"""Who answers must be who was there when the run began, and the device the one that the run is about.

That everybody answers was seen before: ``Station.check_identities`` refuses who has no identity.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from instruments.errors import BenchError


def refuse_other_instruments(before: Mapping[str, str], identified: Iterable[Mapping[str, Any]]) -> None:
    """Refuse to go on with other instruments than those with which the run began.

    :param before: identity by role, as the run began.
    :param identified: what answers now: an entry for each role.
    :raises BenchError: ``wrong_identity``.
    """
    for entry in identified:
        known = before.get(entry["role"])
        if known not in (None, entry["identity"]):
            text = f"{entry['role']}: the run began with {known}, now {entry['identity']} answers"
            raise BenchError(text, code="wrong_identity", role=entry["role"])


def refuse_other_device(serial: str, entry: Mapping[str, Any]) -> None:
    """Hold the device's own identity against the serial number of the run.

    :param entry: of role ``dut``.
    :raises BenchError: ``wrong_dut``.
    """
    if entry["serial"] != serial:
        text = f"dut: expected serial {serial}, the device answers {entry['serial']} ({entry['identity']})"
        raise BenchError(text, code="wrong_dut", expected=serial, found=entry["serial"])
