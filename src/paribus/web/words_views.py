"""The lab page's sentences for what follows the question: training, verdict, why, and the list of all comparisons."""

from __future__ import annotations

from paribus.presentation.translation import mark

SENTENCES: dict[str, str] = {
    "state.waiting": mark("Waiting"),
    "state.running": mark("Training"),
    "state.pausing": mark("Pausing"),
    "state.resuming": mark("Going on"),
    "state.stopping": mark("Stopping"),
    "state.paused": mark("Paused"),
    "state.finished": mark("Finished"),
    "state.stopped": mark("Stopped"),
    "state.failed": mark("Failed"),
    "steer": mark("Steer the training"),
    "steer.pause": mark("Pause"),
    "steer.resume": mark("Go on"),
    "steer.stop": mark("Stop"),
    "job.place": mark("number {n} in the queue"),
    "job.progress": mark("{done} of {epochs} epochs, {ended} of {runs} runs ended"),
    "all.title": mark("All comparisons"),
    "all.queue": mark("The queue"),
    "all.queue.none": mark("Nothing trains and nothing waits."),
    "all.kept": mark("Answered"),
    "all.kept.none": mark("No comparison has been finished here yet."),
    "all.why": mark("why"),
    "all.earlier": mark("Move up"),
    "all.explained": mark("explained"),
    "all.confounded": mark("confounded"),
    "train.eyebrow": mark("In training"),
    "train.missing": mark("This training is not in the queue."),
    "train.left": mark("about {time} left"),
    "train.progress": mark("Epochs done"),
    "train.verdict": mark("See the verdict"),
    "train.ready": mark("The verdict is there."),
    "train.note.waiting": mark("It begins once those before it in the queue are done."),
    "train.note.running": mark("You may close this page: the training goes on, and this page finds it again."),
    "train.note.pausing": mark("Everything is kept but the epochs in progress."),
    "train.note.resuming": mark("Everything is kept but the epochs in progress."),
    "train.note.stopping": mark("Everything is kept but the epochs in progress."),
    "train.note.paused": mark("Everything is kept but the epochs that were in progress. It goes on when you want."),
    "train.note.finished": mark("All runs are done."),
    "train.note.stopped": mark("What was trained is kept. The same comparison goes on from there."),
    "train.note.failed": mark("What was trained is kept. It can be tried again from there."),
    "train.curves": mark("How they learn"),
    "train.curves.none": mark("The curves begin with the first epoch."),
    "train.curves.alt": mark("A thin line for each run, a thick one for seed {n} of each arm."),
    "train.runs": mark("Every run, with its validation accuracy"),
    "train.runs.hint": mark("Choose a seed to look at. With one seed all arms have the same batches and draws."),
    "train.epochs": mark("{done} of {epochs} epochs"),
    "train.told": mark("{ended} of {runs} runs ended."),
    "run.waiting": mark("waiting"),
    "run.training": mark("training"),
    "run.finished": mark("finished"),
    "run.diverged": mark("diverged"),
    "run.failed": mark("failed"),
    "verdict.missing": mark("There is no such comparison."),
    "verdict.confounded": mark(
        "Confounded: the arms differ in more than one thing, so what follows cannot be put down to any one of them."
    ),
    "verdict.why": mark("Why?"),
    "verdict.report": mark("Download the report"),
    "verdict.more": mark("Ask again with more seeds"),
    "verdict.trained": mark("{k} of {n}"),
    "verdict.trained.label": mark("runs trained"),
    "verdict.trained.what": mark("When has a run trained?"),
    "verdict.words": mark("In words"),
    "verdict.differences": mark("The difference, seed by seed"),
    "verdict.differences.how": mark(
        "Each short stroke is one seed's difference, the dot their mean. The thick bar is the interval over seeds, "
        "the thin one over seeds and items. The grey band around zero is the margin: a difference within it is "
        "practically none."
    ),
    "verdict.no_pairs": mark("There is no seed in which both can be compared."),
    "verdict.difference": mark("difference"),
    "verdict.lab": mark("Look inside"),
    "verdict.again": mark("Do it again"),
    "verdict.command": mark("This command makes the same comparison."),
    "why.title": mark("Why did it come out so?"),
    "why.lead": mark(
        "A verdict says whether a change matters, not why. Paribus can look for what keeps an arm from training, "
        "and test each suspicion: it changes that one thing, runs again, and sees whether the network then trains."
    ),
    "why.how.look": mark("Look."),
    "why.how.look.more": mark("What was measured in the layers while they trained gives suspicions."),
    "why.how.change": mark("Change."),
    "why.how.change.more": mark("Each suspected cause is changed by itself, in short runs."),
    "why.how.confirm": mark("Confirm."),
    "why.how.confirm.more": mark("What helps is run at full length with fresh seeds. Only then is it called a cause."),
    "why.start": mark("Test the explanation"),
    "why.running": mark("Suspicions are being tested"),
    "why.running.more": mark("This may take longer than the comparison did. The answer will come up here."),
    "why.queued": mark("The test waits in the queue"),
    "why.about": mark("The test is about {arm}, the arm that came off worst."),
    "why.nothing": mark(
        "All runs of all arms trained, so that there is no failure to explain. The test can be run all the same: it "
        "looks for a change with which {arm}, the arm that ended lowest, does much better, and may well find none."
    ),
    "why.start.anyway": mark("Test it all the same"),
    "why.damaged": mark("The explanation that was kept cannot be read. The test makes it anew."),
    "why.count": mark("{k} of {n} changes done"),
    "why.doing": mark("Being tested now"),
    "why.done": mark("Validation accuracy without and with each change so far"),
    "report.failed": mark("The answer is kept, but its report could not be written into the store."),
    "inside.title": mark("The networks as they are now"),
    "inside.hint": mark("Seed {n}. Draw a digit: after every epoch both networks answer anew."),
    "inside.wait": mark("The first answer comes after the first epoch."),
    "inside.other": mark("This network is not built in: the page cannot run it."),
    "inside.after": mark("after epoch {n}"),
    "inside.steps": mark("after {n} steps"),
    "inside.forces": mark("What pulls at the weights"),
}

# Sentences whose form follows a number: for one, for others.
COUNTED: dict[str, tuple[str, str]] = {
    "all.seeds": (mark("{n} seed"), mark("{n} seeds")),
    "job.epochs.so_far": (mark("{n} epoch so far"), mark("{n} epochs so far")),
}
