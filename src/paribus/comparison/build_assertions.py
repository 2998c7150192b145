"""What a test of a build asserts of a comparison."""

from __future__ import annotations

import warnings

from paribus.comparison.baseline import against
from paribus.records.comparison import Comparison


class InBuild:
    """Mixed into what holds a comparison and a language: `assert_not_worse`."""

    comparison: Comparison
    lang: str

    def assert_not_worse(self, margin: float | None = None, *, baseline: str = "") -> None:
        """Assert that no arm is worse than the baseline.

        With a margin an arm passes only if it is *shown* to be not worse by that much: the one-sided test at the
        level of the look, corrected for the number of arms, says so (non-inferiority), or its figures are established
        better. An open verdict fails unless it shows this, and so does an arm of which a run did not train, unless it
        is established to train more often.

        Without a margin an arm passes unless it is *established* to be worse. That is no proof that it is as good: an
        open verdict passes, with a UserWarning that says by how much the arm may be worse.

        Args:
            margin: by how much an arm may be worse, in the metric's unit: 0.005 of a share is half a point.
            baseline: which arm the others are held against. By default the comparison's own; of two arms the first.

        Raises:
            AssertionError: with the verdict in a sentence, for every arm that falls short.
            ParibusError: where nothing could be found out (one seed, nothing trained, no look left), and where a
                baseline must be named.
        """
        from paribus.comparison.build_demands import short_of, standings  # SciPy is slow to load
        from paribus.comparison.words.build_demands import standing_words

        comparison = against(self.comparison, baseline) if baseline else self.comparison
        short = short_of(comparison, "worse" if margin is None else "maybe-worse", margin)
        if short:
            raise AssertionError("\n".join(standing_words(comparison, arm, self.lang, margin) for arm in short))
        if margin is None:
            for arm in standings(comparison):
                if arm.verdict == "open":
                    warnings.warn(standing_words(comparison, arm, self.lang), UserWarning, stacklevel=2)
