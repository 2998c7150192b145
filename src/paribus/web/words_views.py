"""The lab page's sentences for what follows the question: training, verdict, why, and the list of all comparisons."""

from __future__ import annotations

from paribus.presentation.translation import Words, mark

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
    "job.progress": mark("{done} of {epochs} epochs, {ended} of {runs} trainings ended"),
    "all.title": mark("All comparisons"),
    "all.queue": mark("The queue"),
    "all.queue.none": mark("Nothing trains and nothing waits."),
    "all.kept": mark("Answered"),
    "all.kept.none": mark("No comparison has been finished here yet."),
    "all.why": mark("why"),
    "all.earlier": mark("Earlier"),
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
    "train.note.finished": mark("All trainings are done."),
    "train.note.stopped": mark("What was trained is kept. The same comparison goes on from there."),
    "train.note.failed": mark("What was trained is kept. It can be tried again from there."),
    "train.curves": mark("How they learn"),
    "train.curves.none": mark("The curves begin with the first epoch."),
    "train.curves.alt": mark("A thin line for each training, a thick one for seed {n} of each arm."),
    "train.runs": mark("Every training, with its validation accuracy"),
    "train.runs.hint": mark(
        "Choose a seed to look at. The same seed gives all arms the same batches and first weights."
    ),
    "train.epochs": mark("{done} of {epochs} epochs"),
    "train.told": mark("{ended} of {runs} trainings ended."),
    "run.waiting": mark("waiting"),
    "run.training": mark("training"),
    "run.finished": mark("finished"),
    "run.diverged": mark("diverged"),
    "verdict.missing": mark("There is no such comparison."),
    "verdict.confounded": mark(
        "Confounded: the arms differ in more than one thing, so nothing that follows can be put down to any one of them."
    ),
    "verdict.why": mark("Why?"),
    "verdict.report": mark("Download the report"),
    "verdict.more": mark("Ask again with more seeds"),
    "verdict.trained": mark("{k} of {n}"),
    "verdict.trained.label": mark("trainings in which the network learned"),
    "verdict.trained.what": mark("When has a network learned?"),
    "verdict.words": mark("In words"),
    "verdict.differences": mark("The difference, seed by seed"),
    "verdict.differences.how": mark(
        "Each dot is one seed: test accuracy of the one arm minus that of the other. The bar is the interval in which "
        "the true difference lies, as sure as is said; the diamond is the mean. Within the grey band both count as "
        "practically equal."
    ),
    "verdict.differences.alt": mark("Differences of {n} seeds, in percentage points of test accuracy; mean {size}."),
    "verdict.no_pairs": mark("There is no seed in which both can be compared by their accuracy."),
    "verdict.points": mark("{n} percentage points"),
    "verdict.interval": mark("{level} interval {low} to {high}"),
    "verdict.difference": mark("difference"),
    "verdict.lab": mark("Look inside"),
    "verdict.again": mark("Do it again"),
    "verdict.command": mark("This command makes the same comparison."),
    "why.title": mark("Why did it come out so?"),
    "why.lead": mark(
        "A verdict says that a change matters, not why. Paribus can look for what keeps the weaker arm from learning, "
        "and test each suspicion: it changes that one thing, trains again, and sees whether the network then learns."
    ),
    "why.how.look": mark("Look."),
    "why.how.look.more": mark("What was measured in the layers while they trained gives suspicions."),
    "why.how.change": mark("Change."),
    "why.how.change.more": mark("Each suspected cause is changed by itself, in short trainings."),
    "why.how.confirm": mark("Confirm."),
    "why.how.confirm.more": mark(
        "What helps is tried at full length, with fresh seeds. Only then is it called a cause."
    ),
    "why.start": mark("Test the explanation"),
    "why.running": mark("Suspicions are being tested"),
    "why.running.more": mark("This takes about as long as the comparison itself. The answer will come up here."),
    "why.causes": mark("Cause"),
    "why.causes.means": mark(
        "Changing it restores learning, its mechanism was measured, and nothing else was changed."
    ),
    "why.remedies": mark("Helps, without being the cause"),
    "why.remedies.means": mark("Changing it restores learning, but no measurement points at it as the cause."),
    "why.contributing": mark("Contributes"),
    "why.contributing.means": mark("Changing it helps a little, and does not restore learning."),
    "why.ruled_out": mark("Ruled out"),
    "why.ruled_out.means": mark("Changing it does not help."),
    "why.not_established": mark("Not established"),
    "why.not_established.means": mark("It was not confirmed, or not tried."),
    "why.to": mark("becomes"),
    "why.effect.alt": mark("Validation accuracy {before} before, {after} after."),
    "why.symptoms": mark("What was seen in the layers"),
    "why.symptoms.means": mark("Symptoms point at suspects. They prove nothing by themselves."),
    "why.saturation": mark("Is it saturation?"),
    "why.interaction": mark("What the cause does to each arm"),
    "why.claims": mark("What people say of it, tested"),
    "why.repaired": mark("The verdict without the cause"),
    "why.first": mark("As it was asked"),
    "why.again": mark("With the cause removed from all arms"),
    "why.effort": mark("Tested in {time}."),
    "why.incomplete": mark("Some things were left out because the time allowed was over."),
    "inside.title": mark("Inside the networks"),
    "inside.hint": mark("Seed {n}. Draw a digit: after every epoch both networks answer anew."),
    "inside.wait": mark("The first answer comes after the first epoch."),
    "inside.other": mark("This network is not LeNet: the page cannot run it."),
    "inside.answer": mark("{digit}, {sure} sure"),
    "inside.answers": mark("The answers"),
    "inside.after": mark("after epoch {n}"),
    "inside.filters": mark("First filters"),
    "inside.filters.alt": mark("The filters of the first convolution of {arm}."),
    "inside.forces": mark("What pulls at the weights"),
    "inside.forces.hint": mark(
        "In each layer the data pull the weights towards better answers, and weight decay pulls them towards zero. "
        "Where the decay pulls harder for long, a layer fades."
    ),
    "inside.data": mark("data"),
    "inside.decay": mark("decay"),
    "inside.layer": mark("layer"),
    "inside.size": mark("size of the weights"),
}


def counted(words: Words) -> dict[str, str | dict[str, str]]:
    """Sentences whose form follows a number."""

    def forms(one: str, other: str) -> dict[str, str]:
        return {"one": words.text(one), "other": words.text(other)}

    return {
        "all.seeds": forms("{n} seed", "{n} seeds"),
        "job.epochs.so_far": forms("{n} epoch so far", "{n} epochs so far"),
        "verdict.over.all": forms("over {n} training", "over all {n} trainings"),
        "verdict.over.trained": forms(
            "over the {n} training in which it learned", "over the {n} trainings in which it learned"
        ),
    }
