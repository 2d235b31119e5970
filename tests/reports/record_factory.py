# SPDX-License-Identifier: MIT
"""A believable run's folder, made without any bench: what the reports are developed and tested with."""

import json
import math
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

START = "2026-11-22T10:15:00.123Z"
END = "2026-11-22T10:15:09.456Z"
DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
CEILING = {
    "id": "microcurrent.ceiling",
    "metric": "current.peak",
    "lower": None,
    "upper": 0.0006,
    "unit": "A",
    "event": 1e-05,
    "kind": "limit",
    "regime": "cosmetic",
    "source": "Product claim of microcurrent devices",
    "clause": "ceiling",
    "edition": "2026",
    "status": "verified",
}
ADVISORY = {**CEILING, "id": "microcurrent.advisory", "upper": 0.0005, "kind": "advisory"}


class RecordFactory:
    """Build records, change them, and lay them out as a run's folder.

    :param top: current at the highest level, A; the levels are equal steps.
    """

    def __init__(self, *, top: float = 0.0006501, levels: int = 8, loads: tuple[float, ...] = (500, 2e3, 1e4)) -> None:
        self.top = top
        self.levels = levels
        self.loads = loads
        self.random = Random(7)

    def record(self) -> dict[str, Any]:
        """Return a complete record: STATION and two cases."""
        cases = [self.station_case(), self.current_case("OC-01", "lift", self.top), self.quiet_case()]
        verdict = max((case["verdict"] for case in cases), key=["PASS", "CONDITIONAL_PASS", "FAIL"].index)
        return {**frame(), **self.outcome(verdict, cases), "cases": cases}

    def outcome(self, verdict: str, cases: list[dict[str, Any]]) -> dict[str, Any]:
        """Return the top-level entries that follow from the cases."""
        failed = [case for case in cases if case["verdict"] == verdict and verdict != "PASS"]
        reason = reasoned("worst_case", f"case {failed[0]['id']}: {failed[0]['reason']['text']}") if failed else None
        words = [case["verdict"] for case in cases]
        return {
            "verdict": verdict,
            "device_finding": verdict,
            "reason": reason,
            "counts": {word: words.count(word) for word in sorted(set(words))},
            "worst_point": self._worst_point(cases[1]),
            "advisories": self._advisories(cases[1]),
        }

    def _worst_point(self, case: dict[str, Any]) -> dict[str, Any]:
        worst = max((m for m in case["measurements"] if m["verdict"]), key=lambda m: float(m["value"]))
        keys = ("index", "quantity", "value", "unit", "lower_limit", "upper_limit", "verdict", "conditions")
        return {"case": case["id"], **{key: worst[key] for key in keys}}

    def _advisories(self, case: dict[str, Any]) -> list[dict[str, Any]]:
        found = [m for m in case["measurements"] if m["exceeded"]]
        keys = ("limit", "value", "bound", "unit", "expanded_uncertainty", "lower_limit", "upper_limit", "conditions")
        return [{"case": case["id"], **{key: m[key] for key in keys}} for m in found[:1]]

    def station_case(self) -> dict[str, Any]:
        """Return the case in which the bench proves itself."""
        checks: list[tuple[Any, ...]] = [("zero", 2e-10, "A", -5e-9, 5e-9, 1e-9, None)]
        checks += [("load.resistance", x * 1.0002, "Ω", x * 0.998, x * 1.002, x * 2e-4, x) for x in self.loads]
        checks += [("reference.current", i * 1.00003, "A", i - 3e-7, i + 3e-7, 1.4e-7, None) for i in (5e-4, -5e-4)]
        measurements = [
            measurement(n, quantity, value, unit, u, lower=low, upper=high, verdict="PASS", load=load)
            for n, (quantity, value, unit, low, high, u, load) in enumerate(checks)
        ]
        return case("STATION", "station_check", "The bench proves itself", None, [], measurements)

    def current_case(self, name: str, mode: str, top: float) -> dict[str, Any]:
        """Return an output current case: peak against the ceiling and the advisory, mean as information."""
        measurements: list[dict[str, Any]] = []
        for load in self.loads:
            for level in range(1, self.levels + 1):
                peak = top * level / self.levels * (1 + 2e-4 * self.random.uniform(-1, 1))
                measurements += self.point(len(measurements), name, peak, mode, level, load)
        return case(name, "output_current", f"Output current, mode {mode}", mode, [CEILING, ADVISORY], measurements)

    def point(self, n: int, name: str, peak: float, mode: str, level: int, load: float) -> list[dict[str, Any]]:
        """Return the three measurements of one point."""
        where: dict[str, Any] = {"mode": mode, "level": level, "load": load, "waveform": f"waveforms/{name}_{n:04d}"}
        u = 3e-8 + 3e-4 * peak
        verdict = judge(peak, u, 0.0006)
        return [
            measurement(n, "current.peak", peak, "A", u, row=CEILING, upper=0.0006, verdict=verdict, **where),
            measurement(n + 1, "current.peak", peak, "A", u, row=ADVISORY, upper=0.0005, verdict=None, **where),
            measurement(n + 2, "current.mean", peak / 2, "A", u / 3, verdict=None, **where),
        ]

    def quiet_case(self) -> dict[str, Any]:
        """Return a second case, well inside its limit, at its top level only."""
        found = self.current_case("OC-02", "tone", 0.0003)
        found["measurements"] = [m for m in found["measurements"] if m["conditions"]["level"] == self.levels]
        found["limits"] = [{**CEILING, "status": "unverified"}, ADVISORY]
        return found


def judge(value: float, expanded: float, upper: float) -> str:
    """Return the four-way verdict for an upper limit."""
    if value + expanded < upper:
        return "PASS"
    if value < upper:
        return "CONDITIONAL_PASS"
    return "CONDITIONAL_FAIL" if value <= upper + expanded else "FAIL"


def reasoned(code: str, text: str, advice: str = "see that case") -> dict[str, Any]:
    """Return a reason as the record keeps it."""
    return {"code": code, "params": {}, "text": text, "advice": advice}


def measurement(
    index: int,
    quantity: str,
    value: float,
    unit: str,
    expanded: float,
    *,
    row: dict[str, Any] | None = None,
    lower: float | None = None,
    upper: float | None = None,
    verdict: str | None,
    waveform: str | None = None,
    **where: Any,
) -> dict[str, Any]:
    """Return one measurement; with a row or limits it was judged."""
    kind = row["kind"] if row else "limit" if verdict else "information"
    failed = verdict not in (None, "PASS")
    acceptance = [None if lower is None else lower + expanded, None if upper is None else upper - expanded]
    where = {"instrument": "digitizer", **where}
    return {
        "index": index,
        "quantity": quantity,
        "limit": row["id"] if row else None,
        "kind": kind,
        "value": value,
        "bound": None,
        "unit": unit,
        "standard_uncertainty": expanded / 2,
        "expanded_uncertainty": expanded,
        "coverage_factor": 2.0,
        "dof": None,
        "budget": budget(value, unit, expanded / 2),
        "lower_limit": lower,
        "upper_limit": upper,
        "acceptance_limits": acceptance,
        "verdict": verdict,
        "reason": reasoned("limit_exceeded", f"{quantity} is beyond its limit by more than U") if failed else None,
        "exceeded": kind == "advisory" and upper is not None and value > upper,
        "conditions": {
            "attempt": 1,
            "bench_time": 0.25 * index,
            "wall_time": START,
            "range": 0.1,
            "shunt": 100.0,
            "measured_load": where["load"] * 1.0001 if where.get("load") else None,
            **where,
        },
        "waveform": waveform,
    }


def budget(value: float, unit: str, combined: float) -> list[dict[str, Any]]:
    """Return three terms whose squares add up to ``combined``."""
    terms = [("v", "digitizer accuracy", "V", "rectangular", 0.9), ("R", "shunt", "Ω", "normal", 0.09)]
    terms += [("δres", "resolution", "V", "rectangular", 0.01)]
    return [
        {
            "symbol": symbol,
            "name": name,
            "estimate": value * 100 if symbol == "v" else 100.0 if symbol == "R" else 0.0,
            "unit": its_unit,
            "half_width": combined * math.sqrt(3 * share) * 100,
            "distribution": distribution,
            "divisor": math.sqrt(3) if distribution == "rectangular" else 2.0,
            "standard_uncertainty": combined * math.sqrt(share) * 100,
            "sensitivity": 0.01,
            "contribution": combined * math.sqrt(share),
            "share": share,
            "dof": None,
        }
        for symbol, name, its_unit, distribution, share in terms
    ]


def case(
    name: str, procedure: str, title: str, mode: str | None, limits: list[Any], measurements: list[Any]
) -> dict[str, Any]:
    """Return one case with the worst verdict of its measurements."""
    scale = ["PASS", "CONDITIONAL_PASS", "CONDITIONAL_FAIL", "FAIL"]
    verdict = max((m["verdict"] for m in measurements if m["verdict"]), key=scale.index)
    worst = next((m["reason"] for m in measurements if m["verdict"] == verdict), None)
    return {
        "id": name,
        "procedure": procedure,
        "title": title,
        "mode": mode,
        "modes": [mode] if mode else [],
        "verdict": verdict,
        "reason": worst,
        "limits": limits,
        "started": START,
        "ended": END,
        "measurements": measurements,
    }


def instrument(role: str, driver: str, maker: str, model: str, serial: str) -> dict[str, Any]:
    """Return one instrument of the station."""
    return {
        "role": role,
        "driver": driver,
        "resource": "TCPIP::127.0.0.1::40001::SOCKET",
        "manufacturer": maker,
        "model": model,
        "serial": serial,
        "firmware": "1.0",
        "identity": f"{maker},{model},{serial},1.0",
        "simulated": True,
        "calibration": {"certificate": f"CAL-{serial}", "calibrated": "2026-10-23", "due": "2027-10-23"},
        "accuracy_source": f"{maker} data sheet of the {model}",
        "accuracy_status": "verified",
    }


def frame() -> dict[str, Any]:
    """Return everything of a record that does not follow from its cases."""
    return {
        "schema": 1,
        "run_id": "20261122T101500123Z_microcurrent-facial_SIM-0001",
        "started": START,
        "ended": END,
        "complete": True,
        "simulated": True,
        "document": "test report",
        "blockers": [
            reasoned("simulated", "simulated bench: nothing real was measured", "run on a real station"),
            reasoned("plan_not_approved", "the plan is not approved", "enter approved_by in the plan"),
        ],
        "plan": {
            "id": "microcurrent-facial",
            "revision": "1",
            "title": "Facial microcurrent device",
            "regime": "cosmetic",
            "sha256": DIGEST,
            "file": "microcurrent_facial.toml",
            "profile": "microcurrent_routine",
        },
        "dut": {
            "manufacturer": "Example",
            "model": "Lumen 8",
            "serial": "SIM-0001",
            "firmware": "1.0",
            "claims": ["microcurrent"],
            "identity": "Example,Lumen 8,SIM-0001,1.0",
            "active_terminals": {"lift": "red socket, marked +", "tone": "red socket, marked +"},
        },
        "station": {
            "name": "sim",
            "title": "Simulated bench",
            "instruments": [
                instrument("smu", "keithley2450", "KEITHLEY INSTRUMENTS", "MODEL 2450", "SIM-2450-01"),
                instrument("digitizer", "dmm6500", "KEITHLEY INSTRUMENTS", "MODEL DMM6500", "SIM-6500-01"),
                instrument("load_box", "prs200", "IET LABS", "PRS-200", "SIM-PRS-01"),
                instrument("switch", "scpi_relay", "STIMCERT", "SCPI-RELAY", "SIM-RLY-01"),
            ],
            "shunts": [
                {
                    "value": 100.0,
                    "expanded_uncertainty": 0.01,
                    "coverage_factor": 2.0,
                    "certificate": "SIM-SH-100",
                    "due": "2027-10-23",
                }
            ],
            "references": [
                {"value": 5e-4, "expanded_uncertainty": 1e-7, "certificate": "SIM-REF", "due": "2027-10-23"}
            ],
        },
        "operator": "simulated",
        "environment": {"temperature": {"start": 23.0, "end": 23.1, "unit": "°C"}},
        "software": {
            "version": "0.1.0",
            "commit": "0123abc",
            "dirty": False,
            "released": False,
            "files_sha256": DIGEST,
            "python": "3.11.7",
            "packages": {"numpy": "2.4.6", "pytest": "9.2.0"},
            "pytest_plugins": ["bench.session.hooks"],
        },
        "decision_rule": {
            "id": "guard-U",
            "coverage_probability": 0.95,
            "text": "PASS when the value and its expanded uncertainty lie inside the limit.",
            "convention": "one rectangle for gain and offset together",
        },
        "safe_state": {
            "dut": "confirmed by instrument",
            "switch": "confirmed by instrument",
            "smu": "confirmed by instrument",
            "shunt_current": {"value": 1e-9, "unit": "A", "zero": True},
            "confirmed": True,
            "unconfirmed": [],
            "by": "harness",
        },
        "inputs": [
            {"role": role, "name": f"{role}.toml", "path": f"inputs/{role}.toml", "sha256": DIGEST}
            for role in ("plan", "limits", "profile", "station")
        ],
    }


def write_run(folder: Path, record: dict[str, Any], *, waveforms: bool = True) -> Path:
    """Write record and waveforms as a run leaves them, and return the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(record, indent=1, ensure_ascii=False)
    (folder / "record.json").write_text(text + "\n", encoding="utf-8", errors="surrogatepass")
    if waveforms:
        _write_waveforms(folder, record)
    return folder


def _write_waveforms(folder: Path, record: dict[str, Any]) -> None:
    found = [m for c in record.get("cases", []) for m in c["measurements"] if m["waveform"]]
    peaks = {m["waveform"]: m["value"] for m in found if m["quantity"] == "current.peak"}
    for name, peak in peaks.items():
        write_pulses(folder / name, float(peak or 0.0))


def write_pulses(path: Path, peak: float, *, width: float = 5e-3, seconds: float = 0.05, rate: float = 1e5) -> None:
    """Write a monophasic pulse train at 100 Hz behind a 100 Ω shunt, with a little noise."""
    path.parent.mkdir(exist_ok=True)
    time = np.arange(round(seconds * rate)) / rate
    volts = np.where((time % 0.01) < width, peak * 100, 0.0) + np.random.default_rng(3).normal(0, 2e-5, time.size)
    scale = max(1.25 * 0.1, 1.2 * peak * 100) / 32766
    np.save(path.with_name(path.name + ".npy"), np.rint(volts / scale).astype(np.int16))
    facts = {"unit": "V", "scale_V_per_lsb": scale, "offset_V": 0.0, "zero_V": 0.0, "shunt_ohm": 100.0}
    facts |= {"sample_rate": rate, "start_bench_time": 1.0, "clipped": False, "clipped_code": 32767}
    facts |= {"count": int(time.size)}
    path.with_name(path.name + ".json").write_text(json.dumps(facts), encoding="utf-8")


def on_a_real_bench(record: dict[str, Any]) -> dict[str, Any]:
    """Return the record as instruments would have left it that say of themselves that they are real."""
    found = [
        {**entry, "simulated": False, "serial": str(entry["serial"]).replace("SIM-", "0")}
        for entry in record["station"]["instruments"]
    ]
    return {**record, "simulated": False, "station": {**record["station"], "instruments": found}}
