"""The extra `mlflow`: runs in a folder and in a database, judged as a table with a row for each."""

import os

import pytest

import paribus as pb

if os.environ.get("PARIBUS_EXTRA") != "mlflow":
    pytest.skip("`make extras` runs it where MLflow is installed", allow_module_level=True)

from mlflow.tracking import MlflowClient

FIGURES = {"adam": (0.52, 0.55, 0.51, 0.56), "sgd": (0.47, 0.49, 0.46, 0.51)}
# Of SQLAlchemy, about what MLflow's own tables use.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


def write(client, experiment, optimizer, seed, loss, status):
    run = client.create_run(experiment).info.run_id
    client.log_param(run, "optimizer", optimizer)
    client.log_param(run, "seed", seed)
    for step, value in enumerate((9.0, loss)):
        client.log_metric(run, "val_loss", value, step=step)
    client.set_terminated(run, status)


@pytest.mark.parametrize("store", ["mlruns", "sqlite:///{}/mlflow.db"])
def test_the_last_figure_of_each_run_that_ended_is_judged(tmp_path, monkeypatch, store):
    place = store.format(tmp_path) if "://" in store else str(tmp_path / store)
    with monkeypatch.context() as patch:
        patch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")
        client = MlflowClient(tracking_uri=place)
        experiment = client.create_experiment("mine")
        for optimizer, figures in FIGURES.items():
            for seed, loss in enumerate(figures):
                write(client, experiment, optimizer, seed, loss, "FINISHED")
        write(client, experiment, "adam", 7, 0.1, "FAILED")
        write(client, experiment, "adam", 8, 0.1, "KILLED")
    found = pb.judge(place, metric="val_loss:min", arm_column="optimizer")
    by_hand = pb.judge(FIGURES, metric="val_loss:min", paired=True)
    assert (found.verdict, found.difference) == (by_hand.verdict, pytest.approx(by_hand.difference))
    adam = next(arm for arm in found.comparison.arms if arm.name == "adam")
    assert sorted((run.seed, run.status) for run in adam.runs)[-1] == (7, "failed")
    assert len(adam.runs) == 5
    assert "MLFLOW_ALLOW_FILE_STORE" not in os.environ


def test_no_store_is_made_where_there_is_none(tmp_path):
    for place in (tmp_path, f"sqlite:///{tmp_path}/mlflow.db"):
        with pytest.raises(pb.ParibusError, match="neither event files of TensorBoard nor runs of MLflow"):
            pb.judge(place, metric="val_loss:min")
    assert list(tmp_path.iterdir()) == []


def train(seed: int, *, lr: float = 0.1):
    for step in range(1, 4):
        pb.log({"acc": lr * step + seed / 100})
    return {"acc": 3 * lr + seed / 100}


def test_what_is_logged_while_it_trains_is_read_back_to_the_same_verdict(tmp_path):
    place = f"sqlite:///{tmp_path}/mlflow.db"
    words = {"program": train, "metric": "acc", "seeds": 4, "out": tmp_path / "lab", "log": f"mlflow:{place}"}
    pb.compare("lr", [0.1, 0.2], **words)
    pb.compare("lr", [0.1, 0.2], **words)  # what is there is not written again
    read = pb.judge(place, metric="final/acc", arm_column="arm", pair_by="seed")
    assert abs(read.difference) == pytest.approx(0.3)  # three times 0.2 less three times 0.1; the newest arm is first
    assert [len(arm.runs) for arm in read.comparison.arms] == [4, 4]
    client = MlflowClient(tracking_uri=place)
    run = client.search_runs([client.get_experiment_by_name("paribus").experiment_id])[0]
    assert [point.step for point in client.get_metric_history(run.info.run_id, "acc")] == [1, 2, 3]
