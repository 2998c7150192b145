"""What is printed before and after the runs: the plan, the verdict and its tables, and how to go on."""

from __future__ import annotations

import shlex

from rich.panel import Panel
from rich.text import Text

from paribus.comparison.words.answers import answer_rows
from paribus.comparison.words.pair_facts import PairFacts, pair_facts
from paribus.comparison.words.seeds import means_note
from paribus.comparison.words.short import deciding_test, short_verdict
from paribus.comparison.words.verdict_text import verdict_words
from paribus.core.field_text import cut
from paribus.paper.datasets_table import datasets_table
from paribus.paper.effects_table import effects_table
from paribus.paper.table import Table
from paribus.programs.view import program_view
from paribus.records.comparison import ArmView, Comparison
from paribus.records.design import Design
from paribus.records.verdict_parts import Verdict
from paribus.terminal.cell_width import wrapped
from paribus.terminal.growth_cost import growing_words
from paribus.terminal.progress import PlanView
from paribus.terminal.screen import PROSE_WIDTH, Column, Screen
from paribus.words.labels import plain_value
from paribus.words.metric_format import measure_of
from paribus.words.numbers import bytes_text, p_number, points
from paribus.words.safe_text import printable
from paribus.words.translation import Words

_COLOURS: dict[Verdict, str] = {"a_better": "green", "b_better": "green", "equal": "cyan", "open": "yellow"}
# More seeds than this are not proposed: nobody would run them on a whim.
_MOST_PROPOSED = 60


def plan_facts(plan: PlanView, words: Words) -> list[tuple[str, str]]:
    """The header: with what, on what, and what is to be done."""
    design = plan.design
    numeric = not isinstance(design.arms[0].value, (str, bool))
    arms = [
        plain_value(arm.value) if numeric else words.arm_label(arm.name, design.factor, arm.value)
        for arm in design.arms
    ]
    threads = words.plural("{n} thread a run", "{n} threads a run", plan.threads)
    machine = words.text(
        "{device}, {threads}, {workers} at once", device=plan.device, threads=threads, workers=plan.workers
    )
    facts = [
        ("Paribus", plan.paribus + (f", PyTorch {plan.torch}" if plan.torch else "")),
        (words.text("device"), machine),
        *([(words.text("data"), plan.data)] if plan.data else []),
    ]
    if len(arms) > 1:
        facts.append((words.text("factor"), f"{words.field(design.factor)}: {', '.join(arms)}"))
    if design.confounded:
        fields = words.join([words.field(field) for field in design.differences])
        facts.append((words.text("confounded"), words.text("the arms differ in {fields}", fields=fields)))
    facts.append((program_view(design.program).start_title(words), design.recipe_name))
    work = _work(design, words)
    facts.append((words.text("runs"), words.text("at most {work}", work=work) if plan.medians else work))
    if plan.medians:
        facts.append((words.text("until decided"), growing_words(plan, words)))
    elif plan.foreseen:
        facts.append((words.text("can show"), plan.foreseen))
    if plan.tuned:
        facts.append((words.text("each at its best"), plan.tuned))
    return [*facts, *_work_left(plan, words, len(design.arms) * len(design.seeds))]


def _work(design: Design, words: Words) -> str:
    """How many runs, and how long each is where the program's length is known."""
    epochs = sorted({design.program.length_of(arm.fields) for arm in design.arms})
    span = "–".join(str(n) for n in (epochs[0], epochs[-1])[: len(epochs)])
    counted = {
        "work": words.plural("{n} run", "{n} runs", len(design.arms) * len(design.seeds)),
        "arms": words.plural("{n} arm", "{n} arms", len(design.arms)),
        "seeds": words.plural("{n} seed", "{n} seeds", len(design.seeds)),
    }
    if design.program.length is None:
        return words.text("{work}: {arms} × {seeds}", **counted)
    if design.program.length == "epochs":
        each = words.plural("{n} epoch", "{n} epochs", epochs[-1], n=span)
    else:
        each = f"{words.field(design.program.length)} {span}"
    return words.text("{work}: {arms} × {seeds}, {epochs} each", **counted, epochs=each)


def _work_left(plan: PlanView, words: Words, runs: int) -> list[tuple[str, str]]:
    if plan.finished == runs:
        return [(words.text("to do"), words.text("nothing: all {n} runs are finished", n=runs))]
    pieces = []
    if plan.finished:
        pieces.append(words.plural("{n} run is there already", "{n} runs are there already", plan.finished))
    if plan.resumed:
        pieces.append(words.plural("{n} run goes on", "{n} runs go on", plan.resumed))
    if plan.seconds is not None:
        pieces.append(words.text("about {time}", time=words.duration(plan.seconds)))
    if plan.why_seconds is not None:
        pieces.append(words.text("about {time} more for why", time=words.duration(plan.why_seconds)))
    if plan.bytes:
        pieces.append(words.text("up to {size} of disk", size=bytes_text(plan.bytes)))
    return [(words.text("to do"), ", ".join(pieces))] if pieces else []


def show_verdict(screen: Screen, comparison: Comparison) -> None:
    """The verdict in a frame; in a file as plain paragraphs."""
    words = screen.words
    text = verdict_words(comparison, words.lang)
    if not screen.live:
        screen.blank()
        screen.paragraph(f"{words.text('Verdict')}\n{text}")
        return
    title = words.text("Verdict (confounded)") if comparison.confounded else words.text("Verdict")
    colours = {_COLOURS[pair.verdict] for pair in comparison.pairs}
    border = "red" if comparison.confounded else colours.pop() if len(colours) == 1 else "cyan"
    width = min(screen.console.width, PROSE_WIDTH)
    body = Text("\n".join(wrapped(printable(text), width - 4)))
    panel = Panel(body, title=Text(title, style="bold"), title_align="left", border_style=border, width=width)
    screen.console.print(panel)


def show_tables(screen: Screen, comparison: Comparison) -> None:
    """The figures of every arm and every pair."""
    words = screen.words
    screen.blank()
    columns = _arm_columns(comparison, words)
    rows = [_arm_row(comparison, arm, words) for arm in comparison.arms]
    if all(arm.trained is None for arm in comparison.arms):
        columns, rows = [columns[0], *columns[3:]], [[row[0], *row[3:]] for row in rows]  # that word means nothing here
    if comparison.datasets is None and all(
        arm.size == (found.n if (found := comparison.judged(arm)) else 0) for arm in comparison.arms
    ):
        columns, rows = columns[:-1], [row[:-1] for row in rows]  # every mean is over all runs
    screen.table(columns, rows)
    screen.blank()
    if comparison.datasets is not None:
        _show_table(screen, datasets_table(comparison, words.lang), {5: 2, 3: 1})
    elif comparison.pairs:
        scenes = [pair_facts(comparison, pair, words.lang) for pair in comparison.pairs]
        pair_columns: list[str | Column] = [
            words.text("pair"),
            Column(words.text("difference"), "right"),
            Column(_interval_title(words, comparison.pairs[0].level), "right"),
            Column("p", "right"),
            Column(words.text("test"), spare=2),
            Column(words.text("verdict"), spare=1),  # the words above have it
        ]
        screen.table(pair_columns, [_pair_row(facts) for facts in scenes])
        screen.blank()
        _show_answers(screen, scenes)
    if comparison.factorial is not None:
        _show_table(screen, effects_table(comparison, words.lang), {3: 2, 1: 1})  # the p of the counts, then the kind
    for note in _notes(comparison, words):
        screen.paragraph(note, style="dim")


def _show_answers(screen: Screen, scenes: list[PairFacts]) -> None:
    """Both answers of the pairs in which not every run trained, each with its test."""
    words = screen.words
    rows = [(facts, row) for facts in scenes for row in answer_rows(facts)]
    if not rows:
        return
    columns: list[str | Column] = [
        *([words.text("pair")] if len(scenes) > 1 else []),
        words.text("question"),
        words.text("answer"),
        Column(words.text("p, corrected"), "right"),
        Column(words.text("test"), spare=1),
        Column(words.text("level"), "right", spare=2),
    ]
    screen.table(
        columns,
        [
            [
                *([f"{facts.first_name} − {facts.second_name}"] if len(scenes) > 1 else []),
                row.question,
                row.answer,
                p_number(row.p_adjusted, facts.comparison.alpha),
                row.test,
                f"{row.level:.4g}",
            ]
            for facts, row in rows
        ],
    )
    screen.blank()


def _show_table(screen: Screen, table: Table, spare: dict[int, int]) -> None:
    """A table as a paper has it; `spare`: which columns may go where there is no room."""
    columns: list[str | Column] = [
        Column(column.title, "right" if column.number else "left", spare=spare.get(place, 0))
        for place, column in enumerate(table.columns)
    ]
    screen.table(columns, [[cell.text for cell in row] for row in table.rows])
    screen.blank()
    for note in table.notes:
        screen.paragraph(note, style="dim")


def _notes(comparison: Comparison, words: Words) -> list[str]:
    notes = []
    if comparison.pairs:
        notes += [_units_note(comparison, words), means_note(comparison, words)]
    if any(arm.counted < arm.size for arm in comparison.arms):
        notes.append(program_view(comparison.program).trained_note(words))
    return [note for note in notes if note]


def _units_note(comparison: Comparison, words: Words) -> str:
    measure, decides = measure_of(comparison.metric, words.lang), words.text("p is that of the test that decides.")
    if not measure.unit:
        return words.text("Differences are of {metric}; {p}", metric=measure.label, p=decides)
    return words.text("Differences are in {unit} of {metric}; {p}", unit=measure.unit, metric=measure.label, p=decides)


def _interval_title(words: Words, level: float) -> str:
    return words.text("{level} interval", level=words.level(level))


def _arm_columns(comparison: Comparison, words: Words) -> list[str | Column]:
    levels = [found.level for found in map(comparison.judged, comparison.arms) if found]
    return [
        words.text("arm"),
        Column(words.text("trained"), "right"),
        Column(words.text("Wilson, 95 %"), "right", spare=1),
        Column(measure_of(comparison.metric, words.lang).label, "right"),
        Column(_interval_title(words, levels[0]) if levels else words.text("interval"), "right"),
        Column(words.text("over"), "right"),
    ]


def _arm_row(comparison: Comparison, arm: ArmView, words: Words) -> list[str]:
    estimate, measure = comparison.judged(arm), measure_of(comparison.metric, words.lang)
    places = measure.places(*(pair.difference for pair in comparison.pairs))
    interval = "–"
    if estimate is not None and estimate.low is not None and estimate.high is not None:
        interval = words.text(
            "{low} to {high}", low=measure.number(estimate.low, places), high=measure.number(estimate.high, places)
        )
    n = estimate.n if estimate else 0
    share = {"low": points(arm.trained_low, 0), "high": words.percent(arm.trained_high, 0)}
    return [
        words.arm_label(arm.name, comparison.factor, arm.value),
        f"{arm.counted}/{arm.size}",
        words.text("{low} to {high}", **share),
        measure.value(estimate.mean if estimate else None, places),
        interval,
        words.plural("{n} data set", "{n} data sets", n)
        if comparison.datasets is not None
        else words.text("{n} trained", n=n)
        if arm.over == "trained"
        else words.plural("{n} run", "{n} runs", n),
    ]


def _pair_row(facts: PairFacts) -> list[str | Text]:
    test, p = deciding_test(facts)
    return [
        f"{facts.first_name} − {facts.second_name}",
        facts.signed(),
        "–" if facts.seeds_interval is None else facts.ends(facts.seeds_interval),
        p_number(p, facts.comparison.alpha),
        test,
        Text(short_verdict(facts), style=f"bold {_COLOURS[facts.pair.verdict]}"),
    ]


def show_how_to_go_on(screen: Screen, comparison: Comparison, report_path: str | None) -> None:
    """Where the report is, the command that gives this again, and the one that would likely settle what is open."""
    words = screen.words
    screen.blank()
    if report_path is not None:
        screen.verbatim(words.text("Report:"), report_path)
    if comparison.command:  # none names a function of a notebook's cell
        screen.verbatim(words.text("Run it again:"), comparison.command)
    wanted = [pair.seeds_to_settle for pair in comparison.pairs if pair.verdict == "open" and pair.seeds_to_settle]
    if comparison.command and wanted and max(wanted) <= _MOST_PROPOSED and comparison.look < comparison.looks_allowed:
        screen.verbatim(words.text("To settle it:"), _with_seeds(comparison.command, max(wanted)))


def _with_seeds(command: str, seeds: int) -> str:
    """The same command with another number of seeds."""
    try:
        words, program = cut(shlex.split(command))
    except ValueError:  # not written by us; of several the last one counts
        return f"{command} --seeds={seeds}"
    kept = [word for word in words if not word.startswith("--seeds=")]
    return shlex.join([*kept, f"--seeds={seeds}", *(["--", *program] if program else [])])
