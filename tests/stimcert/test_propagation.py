# SPDX-License-Identifier: MIT
"""A measurement function with its inputs: sensitivities, simultaneous readings, correlations, and their laws."""

import doctest
import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import stimcert.decision
import stimcert.derived
import stimcert.distributions
import stimcert.joint_simulation
import stimcert.line
import stimcert.metrology
import stimcert.propagation
import stimcert.risk
import stimcert.together
from stimcert.metrology import Term, by_gtc, evaluate, propagate, rectangular, simulate, standard, triangular

VALUES = st.floats(1e-6, 1e3)
RELATIVE = st.floats(1e-6, 0.1)


def ratio(V: float, R: float) -> float:
    return V / R


def inputs(v: float, u_v: float, r: float, u_r: float) -> list[Term]:
    return [standard("V", uncertainty=u_v, unit="V", estimate=v), standard("R", uncertainty=u_r, unit="Ω", estimate=r)]


@given(VALUES, RELATIVE, VALUES, RELATIVE)
def test_relative_uncertainties_of_a_ratio_add_in_quadrature(v: float, rel_v: float, r: float, rel_r: float) -> None:
    found = propagate(ratio, inputs(v, v * rel_v, r, r * rel_r), unit="A")
    assert found.value == v / r
    assert found.uncertainty.standard == pytest.approx(v / r * math.hypot(rel_v, rel_r), rel=1e-6)


@given(VALUES, RELATIVE, VALUES, RELATIVE, st.sampled_from([1e-6, 1e-3, 1e3, 1e6]))
def test_another_unit_changes_nothing_but_the_unit(v: float, rel_v: float, r: float, rel_r: float, k: float) -> None:
    plain = propagate(ratio, inputs(v, v * rel_v, r, r * rel_r))
    scaled = propagate(ratio, inputs(v * k, v * k * rel_v, r, r * rel_r))
    assert scaled.uncertainty.expanded == pytest.approx(plain.uncertainty.expanded * k, rel=1e-6)
    assert [row["share"] for row in scaled.uncertainty.budget] == pytest.approx(
        [row["share"] for row in plain.uncertainty.budget], rel=1e-4, abs=1e-9
    )


@given(VALUES, RELATIVE, VALUES, RELATIVE)
def test_order_does_not_matter(v: float, rel_v: float, r: float, rel_r: float) -> None:
    terms = inputs(v, v * rel_v, r, r * rel_r)
    one, other = propagate(ratio, terms), propagate(ratio, terms[::-1])
    assert one.uncertainty.expanded == pytest.approx(other.uncertainty.expanded, rel=1e-9)


@given(st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=8), st.randoms(use_true_random=False))
def test_order_of_repeats_does_not_matter(values: list[float], random) -> None:  # type: ignore[no-untyped-def]
    shuffled = random.sample(values, len(values))
    one, other = (propagate(lambda x: 2 * x, observed={"x": list_}) for list_ in (values, shuffled))
    assert one.value == pytest.approx(other.value, abs=1e-9)
    assert one.uncertainty.standard == pytest.approx(other.uncertainty.standard, rel=1e-9, abs=1e-9)


@given(st.floats(1e-3, 1e3), st.floats(0.0, 1.0))
def test_a_zero_term_changes_nothing_and_a_growing_one_never_shrinks(u: float, more: float) -> None:
    terms = [standard("a", uncertainty=u, unit="A"), rectangular("b", half_width=u, unit="A")]
    plain = evaluate(terms)
    assert evaluate([*terms, standard("none", uncertainty=0.0, unit="A")]).expanded == plain.expanded
    grown = evaluate([terms[0], rectangular("b", half_width=u + more, unit="A")])
    assert grown.expanded >= plain.expanded


def test_what_is_read_at_the_same_moments_may_cancel() -> None:
    drift = [1.0, 1.1, 1.2, 1.3]
    apart = propagate(lambda a, b: a / b, observed={"a": drift, "b": drift})
    assert apart.uncertainty.standard == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize(
    ("observed", "said"),
    [
        ({"a": [1.0]}, "at least twice"),
        ({"a": [1.0, 2.0], "b": [1.0, 2.0, 3.0]}, "equally often"),
        ({"a": []}, "twice"),
    ],
)
def test_readings_that_do_not_belong_together_are_refused(observed: dict[str, list[float]], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        propagate(lambda **x: 1.0, observed=observed)


def test_an_input_given_twice_is_refused() -> None:
    twice = [standard("a", uncertainty=1.0, unit="A"), standard("a", uncertainty=2.0, unit="A")]
    with pytest.raises(ValueError, match="given twice"):
        propagate(lambda a: a, twice)
    with pytest.raises(ValueError, match="given twice"):
        propagate(lambda a: a, twice[:1], observed={"a": [1.0, 2.0]})


@given(st.floats(-1.0, 1.0), VALUES, VALUES)
def test_correlated_inputs_add_by_their_covariance(r: float, u_a: float, u_b: float) -> None:
    terms = [standard("a", uncertainty=u_a, unit="A"), standard("b", uncertainty=u_b, unit="A")]
    found = propagate(lambda a, b: a - b, terms, correlations={("a", "b"): r})
    variance = u_a**2 + u_b**2 - 2 * r * u_a * u_b
    assert found.uncertainty.standard**2 == pytest.approx(max(variance, 0.0), rel=1e-5, abs=1e-9 * (u_a + u_b) ** 2)


@pytest.mark.parametrize(
    ("correlations", "dofs", "said"),
    [
        ({("a", "b"): 1.5}, (math.inf, math.inf), "no quantities have"),
        ({("a", "b"): 0.5}, (4.0, 5.0), "readings themselves as observed"),
        ({("a", "c"): 0.5}, (math.inf, math.inf), "are no inputs"),
    ],
)
def test_correlations_that_cannot_be_are_refused(
    correlations: dict[tuple[str, str], float], dofs: tuple[float, float], said: str
) -> None:
    terms = [standard(name, uncertainty=1.0, unit="A", dof=dof) for name, dof in zip("ab", dofs, strict=True)]
    with pytest.raises(ValueError, match=said):
        propagate(lambda a, b: a + b, terms, correlations=correlations)


@pytest.mark.parametrize("bad", [math.nan, math.inf, -1.0])
def test_what_is_no_uncertainty_is_refused_before_it_gets_here(bad: float) -> None:
    with pytest.raises(ValueError, match="standard uncertainty"):
        propagate(lambda a: a, [standard("a", uncertainty=bad, unit="A")])


def test_a_value_that_is_no_number_is_no_result() -> None:
    with pytest.raises(ValueError, match="not finite|no measurement result"):
        propagate(lambda a: math.inf, [standard("a", uncertainty=1.0, unit="A")])


@pytest.mark.parametrize("sine", [math.sin, np.sin])
def test_functions_of_numbers_and_of_arrays_are_simulated(sine) -> None:  # type: ignore[no-untyped-def]
    angle = triangular("x", half_width=0.1, unit="1", estimate=0.5)
    found = propagate(lambda x: sine(x), [angle])
    drawn = simulate(found, seed=1, draws=5000)
    assert drawn.standard == pytest.approx(math.cos(0.5) * 0.1 / math.sqrt(6.0), rel=0.05)


def test_gtc_agrees_with_a_propagated_budget() -> None:
    found = propagate(ratio, inputs(0.6, 1e-4, 1000.0, 0.5))
    assert by_gtc(found.uncertainty.terms).expanded == pytest.approx(found.uncertainty.expanded, rel=1e-9)


def test_no_bench_and_no_pytest_are_needed() -> None:
    """A notebook needs neither; whatever a bench needs stays away."""
    script = (
        "import sys; import stimcert.metrology; "
        "print(*sorted({'pytest', 'pyvisa', 'pymeasure', 'pydantic', 'pandas', 'jinja2', 'GTC', 'scipy', 'bench', "
        "'instruments', 'reports'} & {name.partition('.')[0] for name in sys.modules}))"
    )
    root = Path(__file__).parents[2]
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=root, check=True)
    assert found.stdout.split() == []


@pytest.mark.parametrize(
    "module",
    [
        stimcert.decision,
        stimcert.derived,
        stimcert.distributions,
        stimcert.joint_simulation,
        stimcert.line,
        stimcert.metrology,
        stimcert.propagation,
        stimcert.risk,
        stimcert.together,
    ],
    ids=lambda m: m.__name__,
)
def test_the_documented_examples_are_true(module) -> None:  # type: ignore[no-untyped-def]
    found = doctest.testmod(module)
    assert found.attempted > 0
    assert found.failed == 0


def test_the_notebook_of_the_documentation_is_true() -> None:
    found = doctest.testfile(
        str(Path(__file__).parents[2] / "docs/how-to/decide_in_a_notebook.md"), module_relative=False
    )
    assert found.attempted > 15
    assert found.failed == 0
