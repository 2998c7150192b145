"""What to ask next of a comparison of recipes: commands that the command line takes, and forms of the page."""

import shlex

from paribus.cli.parser import make_parser
from paribus.programs.recipe.next_questions import ELSEWHERE, READY, next_questions
from paribus.web.comparison_request import design_of, read_order
from paribus.web.options import options
from paribus.words.translation import translator
from tests.factories import make_comparison


def asked(command: str) -> list[str]:
    made = make_comparison("lesson").model_copy(update={"command": command})
    return [question.command for question in next_questions(made, translator("en"))]


def test_the_same_question_elsewhere_and_two_that_are_ready():
    assert asked("paribus compare activation=sigmoid,relu --set=epochs=3 --seeds=12 --probes=none") == [
        "paribus compare activation=sigmoid,relu --set=epochs=3 --seeds=12 --probes=none --recipe=fair",
        "paribus compare optimizer=adam,adamw --set=activation=sigmoid --set=epochs=3 --seeds=12",
        "paribus compare weight_decay=0,0.1 --set=activation=sigmoid --set=epochs=3 --seeds=12",
    ]
    assert asked("paribus compare activation=sigmoid,relu --recipe=fair --seeds=6")[0].endswith("--seeds=6")


def test_the_command_line_takes_each():
    parser = make_parser("0")
    for command in asked("paribus compare activation=sigmoid,relu --seeds=6 '--out=my lab'"):
        words = shlex.split(command)
        assert parser.parse_args(words[1:]).out == "my lab"


def test_nothing_is_asked_where_no_command_could():
    assert asked("") == []
    assert len(asked("paribus compare '")) == 3  # of a store that somebody else wrote
    odd = make_comparison("lesson").model_copy(update={"confounded": True, "command": "paribus compare a.toml b.toml"})
    assert next_questions(odd, translator("en")) == ()


def test_the_page_is_told_of_each_in_both_languages_and_its_order_is_sound():
    """The page's form has texts; what it sends is an order."""
    told = options()
    assert {name: one["recipe"] for name, one in told["elsewhere"].items()} == {
        n: to for n, (to, _) in ELSEWHERE.items()
    }
    assert [one["factor"] for one in told["ready"]] == [ready.factor for ready in READY]
    for one in told["ready"]:
        assert one["about"]["en"] != one["about"]["ko"]
        order = {name: one[name] for name in ("factor", "values", "recipe", "settings")}
        order["values"] = [float(text) if text[0].isdigit() else text for text in one["values"]]  # as the page reads it
        assert design_of(read_order(order, False), False).factor == one["factor"]
