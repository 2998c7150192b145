"""The sources of the methods, each once: how it is cited in a sentence, and its BibTeX."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Citation:
    """`cited`: in a sentence. `kind`, `fields`: of its BibTeX entry."""

    key: str
    cited: str
    kind: str
    fields: tuple[tuple[str, str], ...]

    @property
    def bibtex(self) -> str:
        """The entry."""
        lines = [f"  {name:<9} = {{{value}}}," for name, value in self.fields]
        return "\n".join([f"@{self.kind}{{{self.key},", *lines, "}"]) + "\n"


def _article(key: str, cited: str, author: str, title: str, journal: str, place: str, pages: str) -> Citation:
    """`place`: volume, or volume(number)."""
    volume, _, number = place.rstrip(")").partition("(")
    year = "".join(letter for letter in key if letter.isdigit())
    numbered = (("number", number),) if number else ()
    fields = (("author", author), ("title", title), ("journal", journal), ("volume", volume), *numbered)
    return Citation(key, cited, "article", (*fields, ("pages", pages), ("year", year)))


STUDENT = _article("student1908", "Student 1908", "{Student}", "The Probable Error of a Mean", "Biometrika", "6(1)",
                   "1--25")  # fmt: skip
WELCH = _article(
    "welch1947", "Welch 1947", "Welch, B. L.",
    "The Generalization of `{Student}'s' Problem When Several Different Population Variances Are Involved",
    "Biometrika", "34(1--2)", "28--35",
)  # fmt: skip
FISHER = _article("fisher1935", "Fisher 1935", "Fisher, R. A.", "The Logic of Inductive Inference",
                  "Journal of the Royal Statistical Society", "98(1)", "39--82")  # fmt: skip
HOLM = _article("holm1979", "Holm 1979", "Holm, Sture", "A Simple Sequentially Rejective Multiple Test Procedure",
                "Scandinavian Journal of Statistics", "6(2)", "65--70")  # fmt: skip
LAI = _article("lai1976", "Lai 1976", "Lai, Tze Leung", "On Confidence Sequences", "The Annals of Statistics", "4(2)",
               "265--280")  # fmt: skip
SCHUIRMANN = _article(
    "schuirmann1987", "Schuirmann 1987", "Schuirmann, Donald J.",
    "A Comparison of the Two One-Sided Tests Procedure and the Power Approach for Assessing the Equivalence of Average "
    "Bioavailability",
    "Journal of Pharmacokinetics and Biopharmaceutics", "15(6)", "657--680",
)  # fmt: skip
WILSON = _article("wilson1927", "Wilson 1927", "Wilson, Edwin B.",
                  "Probable Inference, the Law of Succession, and Statistical Inference",
                  "Journal of the American Statistical Association", "22(158)", "209--212")  # fmt: skip
TARONE = _article("tarone1990", "Tarone 1990", "Tarone, R. E.", "A Modified {Bonferroni} Method for Discrete Data",
                  "Biometrics", "46(2)", "515--522")  # fmt: skip
BARNARD = _article("barnard1945", "Barnard 1945", "Barnard, G. A.", "A New Test for 2 {\\texttimes} 2 Tables", "Nature",
                   "156", "177")  # fmt: skip
SIGN_FLIPS = Citation(
    "fisher1935design", "Fisher 1935b", "book",
    (("author", "Fisher, R. A."), ("title", "The Design of Experiments"), ("publisher", "Oliver and Boyd"),
     ("address", "Edinburgh"), ("year", "1935")),
)  # fmt: skip
GART = _article(
    "gart1970", "Gart 1970", "Gart, John J.",
    "Point and Interval Estimation of the Common Odds Ratio in the Combination of 2 {\\texttimes} 2 Tables with Fixed "
    "Marginals",
    "Biometrika", "57(3)", "471--475",
)  # fmt: skip
