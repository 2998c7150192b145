"""What a finding is called, what it says in a sentence, and its evidence, in both languages."""

from __future__ import annotations

from paribus.presentation.numbers import number
from paribus.presentation.safe_text import one_line
from paribus.presentation.translation import Lang, Words, mark, translator
from paribus.values.findings import Evidence, Finding, FindingName, Quantity, Strength

# Each with its name and its sentence; `{layers}` are the layers that it concerns.
FINDINGS: dict[FindingName, tuple[str, str]] = {
    "collapse_to_zero": (
        mark("weights decayed to zero"),
        mark("Weight decay outweighs the data gradient, and the weights of {layers} shrink towards zero."),
    ),
    "constant_predictor": (
        mark("constant predictor"),
        mark("The network answers every input alike, and is no better than the frequencies of the labels."),
    ),
    "vanishing_gradient": (
        mark("vanishing gradient"),
        mark("From the start next to no gradient reaches {layers}."),
    ),
    "exploding_gradient": (
        mark("exploding gradient"),
        mark("The gradient at {layers} is so large that a small step changes the loss by many times its usual size."),
    ),
    "saturation_low": (
        mark("saturation, low end"),
        mark("Most outputs of {layers} lie where the activation is flat, many of them at its lower end."),
    ),
    "saturation_high": (
        mark("saturation, high end"),
        mark("Most outputs of {layers} lie where the activation is flat, many of them at its upper end."),
    ),
    "dead_units": (
        mark("dead units"),
        mark("Units of {layers} have slope zero for every input looked at, so that no gradient passes them."),
    ),
    "divergence": (mark("divergence"), mark("The training loss grows, or is no longer a finite number.")),
    "learning_rate_too_high": (
        mark("learning rate too high"),
        mark("Steps are so long that they undo what was learned, from a start that was sound."),
    ),
    "learning_rate_too_low": (
        mark("learning rate too low"),
        mark("Steps are so short that the weights end about where they began."),
    ),
    "undertraining": (mark("trained too briefly"), mark("Training ends while the network is still learning fast.")),
    "overfitting": (
        mark("overfitting"),
        mark("The network does much better on the samples that it was trained on than on others."),
    ),
    "symmetric_units": (
        mark("equal units"),
        mark("Units of {layers} begin equal, get equal gradients and stay equal, as if there were only one."),
    ),
    "inputs_not_normalised": (
        mark("inputs not normalised"),
        mark("The inputs are far from mean 0 and deviation 1, which first weights and learning rates are made for."),
    ),
    "inputs_constant": (
        mark("constant inputs"),
        mark("Every input is the same, so that there is nothing to tell classes apart by."),
    ),
    "labels_at_chance": (
        mark("labels at chance"),
        mark("Gradients flow and weights move, but what the labels teach does not hold for other samples."),
    ),
    "class_imbalance": (mark("class imbalance"), mark("One class makes up most of the labels.")),
    "frozen_layer": (mark("layer that does not move"), mark("No update changes the weights of {layers}.")),
    "batch_order": (
        mark("batches sorted by class"),
        mark("Each batch has far fewer classes than the data, so that a step unlearns what others taught."),
    ),
    "noise_too_strong": (
        mark("too much noise"),
        mark("The noise of dropout is so strong that it hides what there is to learn."),
    ),
}

STRENGTHS: dict[Strength, str] = {"weak": mark("weak"), "moderate": mark("moderate"), "strong": mark("strong")}

QUANTITIES: dict[Quantity, str] = {
    "weights_left": mark("norm of the weights over their first"),
    "force_balance": mark("pull of decay over the data gradient"),
    "unit_spread": mark("distance between units over their norm"),
    "update_ratio": mark("update over weights, a step"),
    "way": mark("all updates over weights"),
    "sensitivity": mark("change of the loss for weights changed by their size, over the label entropy"),
    "slope_product": mark("product of the activations' slopes"),
    "saturation_low": mark("share of outputs at the lower flat end"),
    "saturation_high": mark("share of outputs at the upper flat end"),
    "dead": mark("share of dead units"),
    "killed": mark("share of units that died in training"),
    "output_spread": mark("spread of the answers"),
    "loss": mark("loss"),
    "val_loss": mark("validation loss"),
    "train_loss": mark("training loss"),
    "surprise": mark("validation accuracy less training accuracy"),
    "label_balance": mark("label entropy over that of balanced classes"),
    "batch_mixture": mark("label entropy of a batch over the most possible"),
    "input_rms": mark("root mean square of the inputs"),
    "input_std": mark("deviation of the inputs"),
    "input_variation": mark("deviation of the inputs over their size"),
    "dropout_noise": mark("power of dropout's noise over the signal's"),
    "noise_gap": mark("loss with noise less loss without, over the label entropy"),
    "unsound_steps": mark("steps seen with numbers that are not finite"),
    "loss_growth": mark("last loss over the first"),
    "loss_spike": mark("largest loss over the first"),
    "sharpness_times_rate": mark("sharpness times learning rate"),
    "loss_fall": mark("fall of the loss over the last doubling of steps, over the label entropy"),
    "spread_growth": mark("growth of the answers' spread over the last doubling of steps"),
    "accuracy_gap": mark("training accuracy less validation accuracy"),
    "val_loss_rise": mark("rise of the validation loss from its least, over the label entropy"),
}

# Sources that are no citation and no command.
SOURCES = (mark("by definition"), mark("resolution of float32"))

_LAYERS_SHOWN = 4


def finding_label(name: FindingName, lang: Lang) -> str:
    """What people call a finding: `dead units`, `죽은 유닛`."""
    return translator(lang).text(FINDINGS[name][0])


def strength_label(strength: Strength, lang: Lang) -> str:
    """What people call a strength."""
    return translator(lang).text(STRENGTHS[strength])


def finding_sentence(finding: Finding, lang: Lang) -> str:
    """What the finding says of this network, in a sentence."""
    words = translator(lang)
    return words.text(FINDINGS[finding.name][1], layers=_layers(finding.layers, words))


def evidence_text(evidence: Evidence, lang: Lang) -> str:
    """A number that speaks for a finding, with its threshold and where that comes from."""
    words = translator(lang)
    return words.text(
        "{quantity}: {value} (threshold {threshold}; {source})",
        quantity=words.text(QUANTITIES[evidence.quantity]),
        value=_short(evidence.value),
        threshold=_short(evidence.threshold),
        source=words.text(evidence.source),
    )


def _layers(names: tuple[str, ...], words: Words) -> str:
    shown = [one_line(name) for name in names]
    if len(shown) <= _LAYERS_SHOWN:
        return words.join(shown)
    few = _LAYERS_SHOWN - 1
    return words.plural("{some} and {n} more", "{some} and {n} more", len(shown) - few, some=", ".join(shown[:few]))


def _short(value: float) -> str:
    """Three digits say enough of a measurement."""
    return number(float(f"{value:.3g}"))
