"""The choice of a kind of model, and every kind saved and made again."""

import dataclasses
import json

import numpy as np
import pytest
from models.histories import make_training, true_mean

from evenbeat.core.errors import ModelError
from evenbeat.core.models.kinds import BASELINES, KINDS, PLAIN_COUNTS, restore
from evenbeat.core.models.selection import (
    DEFAULT,
    STACK,
    Choice,
    choose,
    gain_of_rows,
    gain_out_of_fold,
    stack_weights,
)

TRAINING = make_training(21, 8000)


@pytest.mark.parametrize("kind", [*KINDS, STACK])
def test_restore__is_the_same_model(kind):
    choice = Choice(kind, {"mixture": 0.4, "boosted": 0.7} if kind == STACK else {}, n_trees=8)
    fitted = choice.fit(TRAINING, seed=3)
    facts = json.loads(json.dumps(fitted.facts()))
    again = restore(fitted.kind, facts, fitted.arrays())
    np.testing.assert_array_equal(
        again.expected_counts(TRAINING.matrix), fitted.expected_counts(TRAINING.matrix)
    )
    assert again.kind == fitted.kind


def test_restore__an_unknown_kind_is_refused():
    with pytest.raises(ModelError, match="crystal ball"):
        restore("crystal ball", {}, {})


def test_kinds__plain_counts_are_baselines():
    assert set(PLAIN_COUNTS) < set(BASELINES) < set(KINDS)


def test_stack_weights__find_the_parts_and_are_never_negative():
    truth = true_mean(TRAINING.matrix)
    rng = np.random.default_rng(0)
    noise = np.full(truth.size, truth.mean()) * rng.uniform(0.5, 1.5, truth.size)
    held = dataclasses.replace(TRAINING, count=rng.poisson(truth * 3).astype(float))
    weights = stack_weights(np.vstack([truth, noise]), held)
    assert weights[0] == pytest.approx(3.0, abs=0.3)  # three times as much happened
    assert 0 <= weights[1] < 0.4
    flat = stack_weights(np.vstack([noise, noise]), held)
    assert flat.sum() == pytest.approx(3 * truth.mean() / noise.mean(), rel=0.1)


def test_choose__takes_what_surely_tells_better_and_keeps_the_default_otherwise():
    choice = choose(TRAINING, ("glm", "boosted"), seed=1)
    scores = choice.scores
    assert set(BASELINES) < set(scores)
    assert scores["count_28"]["gain_nats"] < scores[DEFAULT]["gain_nats"]
    assert scores["count_28"]["difference_high"] < 0
    assert choice.kind in {STACK, "glm", "boosted"}
    assert scores[choice.kind]["difference_low"] > 0
    assert gain_out_of_fold(TRAINING, choice, 1) == pytest.approx(
        scores[choice.kind]["gain_nats"], abs=0.01
    )
    weak = choose(TRAINING, (), seed=1)
    assert weak.kind == DEFAULT
    assert "transparent mixture" in weak.why
    assert Choice(**json.loads(json.dumps(choice.to_dict()))) == choice


def test_choose__is_the_same_for_the_same_input_and_knows_no_later_rows():
    first = choose(TRAINING, ("glm",), seed=1)
    assert choose(TRAINING, ("glm",), seed=1) == first


def test_choose__nothing_happened():
    empty = dataclasses.replace(TRAINING, count=np.zeros_like(TRAINING.count))
    choice = choose(empty, ("glm", "boosted"), seed=1)
    assert choice.kind == DEFAULT
    assert "nothing happened" in choice.why


def test_gain_of_rows__is_zero_for_uniform_and_largest_for_the_truth():
    truth = true_mean(TRAINING.matrix)
    rng = np.random.default_rng(4)
    rows = dataclasses.replace(TRAINING, count=rng.poisson(truth).astype(float))
    mean = np.average(rows.count, weights=rows.weight)
    assert gain_of_rows(np.full(truth.size, mean), rows) == pytest.approx(0, abs=1e-12)
    best = gain_of_rows(truth, rows)
    assert best > gain_of_rows(truth**0.5, rows)
    assert best > gain_of_rows(truth * 1.5, rows)
    nothing = dataclasses.replace(rows, count=np.zeros_like(rows.count))
    assert gain_of_rows(truth, nothing) == 0.0
