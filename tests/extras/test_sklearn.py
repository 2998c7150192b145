"""The extra `sklearn`: two pipelines over seeds and splits, in one line."""

import os

import pytest

import paribus as pb
from paribus.core.seeds import generator
from tests.extras.documented import run, written

if os.environ.get("PARIBUS_EXTRA") != "sklearn":
    pytest.skip("`make extras` runs it where scikit-learn is installed", allow_module_level=True)

from sklearn.datasets import make_classification
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

X, Y = make_classification(200, random_state=0)
MODELS = {
    "logistic": make_pipeline(StandardScaler(), LogisticRegression()),
    "forest": RandomForestClassifier(n_estimators=5),
}


def test_two_pipelines_over_seeds_and_splits(tmp_path):
    c = pb.compare(
        "estimator", list(MODELS), program=pb.estimators(MODELS, X, Y), metric="accuracy", seeds=3, out=tmp_path
    )
    by_hand = []
    for seed in range(3):
        state = int(generator(seed, "stream/split").integers(2**32))
        x, x_test, y, y_test = train_test_split(X, Y, test_size=0.25, random_state=state, stratify=Y)
        model = make_pipeline(StandardScaler(), LogisticRegression())
        by_hand.append((model.fit(x, y).predict(x_test) == y_test).mean())
    logistic, forest = c.comparison.arms
    assert [run.figures["accuracy"] for run in logistic.runs] == by_hand
    assert len({run.figures["accuracy"] for run in forest.runs}) > 1
    assert c.comparison.repeat is not None
    assert c.comparison.repeat.same  # a forest draws from the seed too


def test_an_estimator_that_is_not_there_is_told(tmp_path):
    with pytest.raises(pb.ParibusError, match="forest"):
        pb.compare(
            "estimator", ["logistic", "forst"], program=pb.estimators(MODELS, X, Y), metric="accuracy", out=tmp_path
        )


def test_the_example_of_the_documents(tmp_path):
    assert "accuracy" in run([written("forests.py", tmp_path).name], tmp_path)
