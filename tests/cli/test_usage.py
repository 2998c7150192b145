"""What is said of a command line before anything runs: in the user's language, with what was likely meant."""

from __future__ import annotations

import json
import signal
import sys

import pytest

from paribus.cli.main import main
from paribus.cli.usage import said_of_usage
from paribus.programs.recipe.recipe import FIELDS
from paribus.runs.execute import Interrupted
from paribus.runs.store import Store
from paribus.words.translation import translator
from tests.runs.store_cases import metrics_of, new_record

CHOOSE = "argument COMMAND: invalid choice: 'comprae' (choose from 'compare', 'train', 'map')"


@pytest.fixture
def said(monkeypatch, capsys, tmp_path):
    """What a command that is refused says; nothing is left behind."""

    def give(*words: str) -> str:
        monkeypatch.setattr(sys, "argv", ["paribus", *words])
        monkeypatch.chdir(tmp_path)
        for name in ("LANG", "LANGUAGE", "LC_ALL", "LC_MESSAGES"):
            monkeypatch.delenv(name, raising=False)
        with pytest.raises(SystemExit) as left:
            main()
        assert left.value.code == 2
        assert list(tmp_path.iterdir()) == []
        return capsys.readouterr().err

    return give


def test_a_factor_that_is_named_twice(said):
    told = said("compare", "activation=relu,tanh", "activation=elu,selu", "weight_decay=0,0.1", "--factorial")
    assert "each factor is named once" in told


def test_a_mistyped_command_is_guessed():
    assert said_of_usage(CHOOSE, ["comprae"]) == f"error: {CHOOSE}; did you mean compare?"
    korean = said_of_usage(CHOOSE, ["comprae", "--lang", "ko"])
    assert korean.startswith("COMMAND에 'comprae'는 쓸 수 없습니다")
    assert korean.endswith("혹시 compare입니까?")


def test_a_word_after_a_comma_belongs_to_the_one_before():
    given = ["map", "activation=sigmoid,", "relu", "--over=epochs=1,2", "--lang=en"]
    assert said_of_usage("unrecognized arguments: relu", given).endswith("; without the space: activation=sigmoid,relu")


def test_the_parsers_own_errors_are_korean(said):
    assert "paribus train: --seed는 정수여야 합니다. 받은 값: 'x'" in said("train", "--seed=x", "--lang=ko")
    told = said("shwo", "--lang=ko")
    assert told.startswith("사용법: paribus ")
    assert "혹시 show입니까?" in told
    assert "paribus: error: the following arguments are required: what" not in said("shwo")


@pytest.mark.parametrize(
    ("words", "english", "korean"),
    [
        (["activation=sigmoid,", "relu"], "; without the space: activation=sigmoid,relu", "띄어쓰기 없이"),
        (["활성화=sigmoid,relu"], 'unknown field "활성화"; did you mean activation?', "혹시 activation입니까?"),
        (["학습률=0.1,0.01"], "did you mean learning_rate?", "혹시 learning_rate입니까?"),
        (["relu=1,2", "--set=옵티마이저=adam"], "did you mean optimizer?", "혹시 optimizer입니까?"),
        (["activation=sigmod,relu"], 'got "sigmod"; did you mean sigmoid?', "혹시 sigmoid입니까?"),
        (["pooling=max,avg", "--epochs=3", "--set=epochs=4"], "--epochs=3 and --set epochs=4", "한 필드에 두 값을"),
    ],
)
def test_hints(said, words, english, korean):
    assert english in said("compare", *words)
    assert korean in said("compare", *words, "--lang=ko")


def test_the_same_epochs_twice_are_no_fault(said):
    assert "epochs" not in said("compare", "pooling=max,avg", "--epochs=3", "--set=epochs=3", "--seeds=0")


def test_every_field_is_found_by_what_people_call_it():
    from paribus.words.translation import field_called

    assert {field: field_called(translator("ko").field(field)) for field in FIELDS} == {
        field: field for field in FIELDS
    }
    assert field_called("learning rate") == field_called("배치크기".replace("배치크기", "학습률")) == "learning_rate"
    assert field_called("actvation") is None
    assert field_called("전혀 다른 말") is None


def test_list_gives_the_epochs_that_an_interrupted_run_has(tmp_path, capsys):
    store = Store(tmp_path)
    record = new_record()
    with store.lock(record.id):
        folder = store.begin(record)
        for epoch in (1, 2):
            folder.append_epoch(metrics_of(epoch))
    with pytest.raises(SystemExit) as left:
        main(["list", "--json", "--out", str(tmp_path)])
    assert left.value.code == 0
    (run,) = json.loads(capsys.readouterr().out)["runs"]
    assert (run["status"], run["epochs_done"]) == ("running", 2)


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (["compare", "activation=relu,tanh", "--seed", "6"], "--seeds"),
        (["compare", "activation=relu,tanh", "--seed=6"], "--seeds"),
        (["compare", "activation=relu,tanh", "--dry"], "--dry-run"),
        (["train", "--seeds=3"], "--seed"),
        (["map", "activation=relu,tanh", "--over=epochs=1,2", "--epoch=3"], "--epochs"),
        (["list", "--jsn"], "--json"),
    ],
)
def test_an_option_is_written_whole_and_the_nearest_is_named(monkeypatch, capsys, words, meant):
    """`--seed 6` was taken for `--seeds 6` without a word."""
    for lang, said in (("en", f"did you mean {meant}?"), ("ko", f"혹시 {meant}입니까?")):
        monkeypatch.setattr("sys.argv", ["paribus", *words, f"--lang={lang}"])
        with pytest.raises(SystemExit) as left:
            main(sys.argv[1:])
        assert left.value.code == 2
        assert said in capsys.readouterr().err


@pytest.fixture
def ended(monkeypatch):
    """The exit code of a command of which this comes."""
    before = signal.getsignal(signal.SIGINT)

    def give(dispatch) -> object:
        monkeypatch.setattr("paribus.cli.main._dispatch", dispatch)
        with pytest.raises(SystemExit) as left:
            main(["list", "--lang=ko"])
        return left.value.code

    yield give
    signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_is_told_of_once_and_in_the_users_language(ended, capsys, number, code):
    assert ended(lambda options: signal.raise_signal(number)) == code
    assert capsys.readouterr().err == "paribus: 중단했습니다\n"
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def test_a_signal_is_told_of_where_the_words_cannot_be_loaded_any_more(ended, monkeypatch, capsys):
    """As where it came while they were loaded."""
    monkeypatch.setitem(sys.modules, "paribus.words.translation", None)
    code = ended(lambda options: signal.raise_signal(signal.SIGINT))
    assert (code, capsys.readouterr().err) == (130, "paribus: stopped\n")


def test_what_training_told_of_is_not_said_again(ended, capsys):
    def interrupted(options):
        raise Interrupted("stopped; everything but the epochs in progress is kept")

    code = ended(interrupted)
    assert (code, capsys.readouterr().err) == (130, "")


def test_the_factor_cannot_be_set_for_all_arms(said):
    words = ("compare", "activation=relu,sigmoid", "--set", "activation=ReLU", "--set", "epochs=0", "--dry-run")
    told = said(*words)
    assert 'activation is what differs between the arms, and cannot be set for all of them as well; got "relu"' in told
    assert "epochs must be at least 1; got 0" in told, "all faults together"


def test_the_language_may_stand_before_the_command_or_behind_it(said):
    faulty = ("compare", "activation=relu,sigmoid", "--epochs", "0", "--dry-run")
    korean = said("--lang", "ko", *faulty)
    assert "에폭" in korean
    assert korean == said(*faulty, "--lang", "ko")
    assert said("--lang", "ko", *faulty, "--lang", "en") == said(*faulty), "what stands behind is nearer"
