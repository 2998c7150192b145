"""What to ask next of a comparison of recipes: commands that the command line takes, the same as the page's forms."""

import re
import shlex
from pathlib import Path

import paribus
from paribus.cli.parser import make_parser
from paribus.programs.recipe.next_questions import ELSEWHERE, READY, next_questions
from paribus.words.translation import translator
from tests.factories import make_comparison

STATIC = Path(paribus.__file__).with_name("web") / "static"


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


def test_the_page_has_the_same_questions():
    """In form_state.js and try_next.js, as the page's forms."""
    form = (STATIC / "form_state.js").read_text(encoding="utf-8")
    part = form[form.index("PRESETS") : form.index("];\n", form.index("PRESETS"))]
    told = re.findall(r'factor: "(\w+)".*?about: mark\("(.*?)"\)', part, re.DOTALL)
    assert told == [(ready.factor, ready.about) for ready in READY]
    values = [tuple(re.findall(r'"([^"]+)"', one)) for one in re.findall(r"values: \[(.*?)\]", part)]
    assert values == [ready.values for ready in READY]
    blocks = part.split("factor:")[1:]
    assert [(re.findall(r'recipe: "(\w+)"', b) or ["lesson"])[0] for b in blocks] == [ready.recipe for ready in READY]
    assert [dict(re.findall(r'settings: \{ (\w+): "(\w+)" \}', b)) for b in blocks] == [dict(r.settings) for r in READY]
    following = (STATIC / "try_next.js").read_text(encoding="utf-8")
    for other, about in ELSEWHERE.values():
        assert f'recipe: "{other}", about: mark("{about}")' in following
