"""The report as text: whole, inert, and with the comparison's own numbers."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from pathlib import Path

import pytest

from paribus.comparison.words.verdict_text import headline, verdict_words
from paribus.core.errors import ParibusError, StoreError
from paribus.programs.recipe.recipe import FIELDS
from paribus.report import render, write_report
from paribus.report.notebook import comparison_text
from paribus.runs.store.digests import stamped
from tests.factories import CASES, accuracies, evidence, make_comparison, with_evidence
from tests.page.hostile import NAMES, hostile_comparison
from tests.page.page import Page, read_page


def spaced(text: str) -> str:
    """No-break spaces are for lines, not for the sense."""
    return " ".join(text.replace("\N{NO-BREAK SPACE}", " ").replace("\N{WORD JOINER}", "").split())


@cache
def html_of(case: str, lang: str = "en") -> str:
    return render(make_comparison(case), lang)


@cache
def report(case: str, lang: str = "en") -> Page:
    return read_page(html_of(case, lang))


@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize("case", CASES)
def test_every_case_is_a_whole_page_with_its_verdict_first(case: str, lang: str) -> None:
    comparison = make_comparison(case)
    page = report(case, lang)
    assert ("html", "lang", lang) in page.attributes
    text = spaced(page.text)
    for paragraph in verdict_words(comparison, lang).split("\n\n"):
        assert spaced(paragraph) in text
    for pair in comparison.pairs:
        assert spaced(headline(comparison, pair, lang)) in text
    first_section = text.index("What was asked" if lang == "en" else "무엇을 물었나")
    assert text.index(spaced(headline(comparison, comparison.pairs[0], lang))) < first_section
    assert not re.search(r"\bNone\b|\bnan\b", text)


@pytest.mark.parametrize("case", CASES)
def test_no_address_leads_out_of_the_file_and_nothing_runs_but_its_own_script(case: str) -> None:
    page = report(case, "ko")
    assert not {"iframe", "object", "embed", "form", "base"} & set(page.tags)
    for tag, name, value in page.attributes:
        assert not name.startswith("on")
        assert name != "style", "the policy would block it"
        assert "http:" not in value.lower()
        assert "https:" not in value.lower()
        if name in ("src", "href", "srcset"):
            assert value.startswith(("data:image/", "#")), (tag, value)
    assert all(where.startswith(("data:font/woff2;", '"data:font/woff2;')) for where in page.style.split("url(")[1:])
    assert "@import" not in page.style
    kinds = [kind for kind, _ in page.scripts]
    assert kinds == ["application/json"] * (len(kinds) - 1) + ["module"]


def test_the_policy_allows_the_pages_own_style_and_script_and_nothing_else() -> None:
    html = html_of("lesson")
    (style,) = re.findall(r"<style>(.*?)</style>", html, re.DOTALL)
    (script,) = re.findall(r'<script type="module">(.*?)</script>', html, re.DOTALL)
    (content,) = [v for t, n, v in read_page(html).attributes if t == "meta" and n == "content" and "default" in v]
    rules = dict(rule.split(" ", 1) for rule in content.split("; "))
    assert rules == {
        "default-src": "'none'",
        "script-src": sha256(script),
        "style-src": sha256(style),
        "img-src": "data:",
        "font-src": "data:",
        "connect-src": "'none'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "require-trusted-types-for": "'script'",
        "trusted-types": "'none'",
    }


def sha256(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def test_each_arms_figures_are_the_comparisons() -> None:
    comparison, page = make_comparison("fair"), report("fair")
    for arm, name in zip(comparison.arms, ("Sigmoid", "ReLU"), strict=True):
        (row,) = [r for r in page.rows if r[:2] == [name, "6 of 6"]]
        assert row[2] == f"{100 * arm.trained_low:.0f} % to {100 * arm.trained_high:.0f} %"
        assert row[3] == f"{100 * comparison.judged(arm).mean:.2f} %"
        assert row[4] == f"{100 * comparison.judged(arm).low:.2f} % to {100 * comparison.judged(arm).high:.2f} %"


def test_each_pairs_figures_are_the_comparisons_with_their_methods() -> None:
    (pair,), page = make_comparison("fair").pairs, report("fair")

    def shown(value: float) -> str:
        return f"{100 * value:+.2f}".replace("-", "\N{MINUS SIGN}")

    value, method = page.row("Difference in test accuracy")[1:]
    assert value == f"{shown(pair.difference)} percentage points"
    assert method.startswith("mean of the paired differences, 6 seeds")
    value, method = page.row("Interval over seeds")[1:]
    assert value == f"{shown(pair.low)} to {shown(pair.high)} percentage points"
    assert method.startswith("paired t interval, 95 %, 5 degrees of freedom")
    value, method = page.row("Interval over seeds and test images")[1:]
    assert value == f"{shown(pair.items_low)} to {shown(pair.items_high)} percentage points"
    assert method.startswith("two-way random effects")
    assert page.row("Share of the spread that seeds bring")[1] == f"{100 * pair.seed_share:.0f} %"
    assert page.row("Sign-flip test")[1] == f"p = {pair.p:.3f}" == "p = 0.031"
    assert "no p below 0.031" in page.row("Sign-flip test")[2]
    assert page.row("t test")[1] == ("p < 0.001" if pair.p_t < 0.001 else f"p = {pair.p_t:.3f}")
    assert page.row("Trained counts")[1] == "p = 1.00"
    assert "Fisher's exact test" in page.row("Trained counts")[2]
    assert "TOST" in page.row("Practically equal")[2]
    assert "margin ±0.1 percentage points" in page.row("Practically equal")[2]
    assert page.row("The p that decides")[2].startswith("by the paired t test; a single pair")
    assert page.row("Level at this look")[2].startswith("look 1 of at most 3")


def test_numbers_do_not_break_and_a_command_stays_as_it_is() -> None:
    comparison = make_comparison("lesson").model_copy(update={"command": "paribus compare lesson p = 5 %"})
    html = render(comparison, "en")
    shown = "".join(re.findall(r'<pre class="command"><code>(.*?)</code></pre>', html)[:1])
    assert re.sub(r"</?span>", "", shown) == comparison.command
    assert "<span>%</span>" in shown, "it breaks between its words alone"
    body = re.sub(r"<svg.*?</svg>|<style>.*?</style>|<pre.*?</pre>|<script.*?</script>", "", html, flags=re.DOTALL)
    assert "92.1\N{NO-BREAK SPACE}%" in body
    assert re.findall(r".{20}\d %", body) == []


def test_the_documents_call_each_section_as_the_page_does() -> None:
    told = (Path(__file__).parents[2] / "docs" / "report.md").read_text(encoding="utf-8")
    headings = re.findall(r"<h2[^>]*>([^<]*)</h2>", html_of("lesson"))
    assert len(headings) > 6
    assert [name for name in headings if f"| {name} |" not in told] == []


def test_no_p_is_rounded_onto_the_looks_level() -> None:
    """0.0352 is above 0.035, and so open: as 0.035 it would contradict "p must be at most this"."""
    comparison = make_comparison("fair")
    fields = dict.fromkeys(("p", "p_t", "p_trained", "p_equal", "p_equal_holm", "p_decision", "p_holm"), 0.0352)
    (pair,) = comparison.pairs
    pair = pair.model_copy(update={**fields, "verdict": "open", "reason": "not_separated"})
    comparison = comparison.model_copy(update={"pairs": (pair,)})
    page = read_page(render(comparison, "en"))
    assert page.row("Level at this look")[1] == "0.035"
    for row in ("Sign-flip test", "t test", "Trained counts", "Practically equal", "The p that decides"):
        assert page.row(row)[1] == "p = 0.0352"
    assert " 0.0352" in comparison_text(comparison, "en").splitlines()[-1]


def test_after_the_last_look_there_is_no_level() -> None:
    comparison = make_comparison("fair").model_copy(update={"look": 4, "alpha": 0.0})
    row = read_page(render(comparison, "en")).row("Level at this look")
    assert row[1] == "–"
    assert row[2].startswith("after the last of 3 looks")


def test_mcnemar_is_given_for_every_seed() -> None:
    comparison, page = make_comparison("fair"), report("fair")
    for test in comparison.pairs[0].mcnemar:
        p = "< 0.001" if test.p < 0.001 else f"{test.p:.3f}" if test.p < 0.0995 else f"{test.p:.2f}"
        assert [str(test.seed), str(test.only_a), str(test.only_b), p] in page.rows


def test_with_several_pairs_each_has_its_block_and_holms_correction() -> None:
    comparison, page = make_comparison("three_arms"), report("three_arms")
    rows = [row for row in page.rows if row and row[0] == "The p that decides"]
    assert len(rows) == len(comparison.pairs) == 3
    assert all("Holm's correction over 3 pairs" in row[2] and "after Holm" in row[1] for row in rows)


def test_every_run_is_a_row_with_its_own_figures() -> None:
    comparison, page = make_comparison("diverged"), report("diverged")
    for arm in comparison.arms:
        for run in arm.runs:
            (row,) = [r for r in page.rows if len(r) == 10 and r[0] == str(run.seed) and r[1].endswith(f" {arm.value}")]
            state = {"diverged": "diverged"}.get(run.status, "trained" if run.trained else "did not train")
            assert row[2] == state
            assert row[3] == (
                "–" if "test_accuracy" not in run.figures else f"{100 * run.figures['test_accuracy']:.2f} %"
            )
            assert row[5] == ("NaN" if state == "diverged" else f"{run.curves['val_loss'][-1]:.3f}")
            assert row[-1] == run.id


def test_a_mixture_shows_counts_and_never_a_lone_mean() -> None:
    comparison, page = make_comparison("mixture"), report("mixture")
    everything = accuracies(comparison.arms[0])
    blended = 100 * sum(everything) / len(everything)
    assert f"{blended:.1f} %" not in spaced(page.text)
    assert "mean test accuracy of the 3 runs that trained" in spaced(page.text)
    (row,) = [r for r in page.rows if r[:2] == ["Sigmoid", "3 of 6"]]
    assert row[-1] == "the 3 that trained"


def test_the_recipe_is_whole_and_the_difference_is_set_apart() -> None:
    page = report("fair")
    fields = [row[0].split()[-1] for row in page.rows if row and row[0].split() and row[0].split()[-1] in FIELDS]
    assert sorted(fields) == sorted(FIELDS)
    assert ["Activation activation", "Sigmoid", "ReLU"] in page.rows
    assert ["Weight decay weight_decay", "0"] in page.rows
    assert ["β₁ beta1", "0.9"] in page.rows


def test_confounded_is_said_before_everything_else() -> None:
    text = spaced(report("confounded").text)
    assert text.index("Confounded: the arms differ in 2 fields") < text.index("Activation: Sigmoid or ReLU?")
    page = report("confounded")
    assert ["Learning rate learning_rate", "0.001", "0.002"] in page.rows
    assert ["Activation activation", "Sigmoid", "ReLU"] in page.rows


def test_confusion_matrices_give_shares_of_each_row() -> None:
    comparison, page = make_comparison("lesson"), report("lesson")
    rows = [r for r in page.rows if len(r) == 11 and r[0].isdigit()]
    assert len(rows) == 20
    for true, counts in enumerate(evidence(comparison).confusion["relu"]):
        assert rows[10 + true][1 + true] == f"{100 * counts[true] / sum(counts):.0f}"


def test_images_are_inline_and_described() -> None:
    comparison, page = make_comparison("fair"), report("fair")
    sources = [v for t, n, v in page.attributes if t == "img" and n == "src"]
    assert len(sources) == len(evidence(comparison).disagreements)
    alts = [v for t, n, v in page.attributes if t == "img" and n == "alt"]
    first = evidence(comparison).disagreements[0]
    assert alts[0] == f"Test image {first.index}, which shows {first.label}"


def test_ids_are_unique_and_labels_point_at_them() -> None:
    page = report("three_arms")
    ids = [v for _, n, v in page.attributes if n == "id"]
    assert len(set(ids)) == len(ids)
    used = [i for _, n, v in page.attributes if n == "aria-labelledby" for i in v.split()]
    assert set(used) <= set(ids)


def test_the_command_and_the_environment_are_there() -> None:
    comparison, text = make_comparison("lesson"), spaced(report("lesson").text)
    assert comparison.command in text
    assert comparison.environment.torch in text
    assert comparison.environment.device_name in text


def test_five_arms_of_many_classes_fit() -> None:
    base = make_comparison("three_arms")
    arms = list(base.arms)
    for index, name in ((0, "elu"), (1, "gelu")):
        arms.append(base.arms[index].model_copy(update={"name": name, "value": name}))
    counts = tuple(tuple(int(i == j) * 5 for j in range(26)) for i in range(26))
    found = evidence(base)
    several = found.model_copy(update={"class_names": tuple(map(str, range(26))), "disagreements": ()})
    several = several.model_copy(update={"confusion": {arm.name: counts for arm in arms}})
    changes = {"arms": tuple(arms), "evidence": several.model_dump(mode="json")}
    page = read_page(render(base.model_copy(update=changes), "en"))
    assert len([row for row in page.rows if len(row) == 27]) == 5 * 27


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(ParibusError, match='lang must be one of en, ko; got "fr"'):
        render(make_comparison("lesson"), "fr")


@pytest.fixture(scope="module")
def plain() -> Page:
    return read_page(render(hostile_comparison(make_comparison("fair"), "plain"), "en"))


@pytest.mark.parametrize("name", NAMES)
def test_names_stay_names(name: str, plain: Page) -> None:
    html = render(hostile_comparison(make_comparison("fair"), name), "en")
    page = read_page(html)
    tags, of_plain = ([tag for tag in one.tags if tag != "span"] for one in (page, plain))  # a command has one a word
    assert sorted(tags) == sorted(of_plain), "a name added or removed an element"
    assert [n for _, n, _ in page.attributes] == [n for _, n, _ in plain.attributes], "a name became an attribute"
    assert not re.search("[\u200b-\u200f\u202a-\u202e\u2066-\u2069\x1b\x07]", html)


class TestWriting:
    def test_it_writes_what_it_renders_and_returns_the_path(self, tmp_path: Path) -> None:
        comparison, target = make_comparison("lesson"), tmp_path / "new" / "report.html"
        assert write_report(comparison, target, "ko") == target
        assert target.read_bytes() == stamped(render(comparison, "ko").encode())
        assert [p.name for p in target.parent.iterdir()] == ["report.html"]

    def test_a_failure_leaves_the_old_report_and_no_rest(self, tmp_path: Path) -> None:
        target = tmp_path / "report.html"
        target.write_text("old")
        damaged = evidence(make_comparison("fair")).disagreements[0].model_copy(update={"pixels": "!"})
        broken = with_evidence(make_comparison("fair"), disagreements=(damaged,))
        with pytest.raises(ParibusError):
            write_report(broken, target, "en")
        assert target.read_text() == "old"
        assert list(tmp_path.iterdir()) == [target]

    def test_where_it_cannot_write_it_says_which_file(self, tmp_path: Path) -> None:
        target = tmp_path / "report.html"
        (target / "in the way").mkdir(parents=True)
        with pytest.raises(StoreError, match=re.escape(str(target))):
            write_report(make_comparison("lesson"), target, "en")
        assert list(tmp_path.iterdir()) == [target]
