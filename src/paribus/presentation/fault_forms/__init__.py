"""The sentences of errors, by what they are about. The more special forms come first: the first that fits is taken."""

from paribus.presentation.fault_forms.commands import COMMAND, COMPARISON
from paribus.presentation.fault_forms.files import DATA, STORE
from paribus.presentation.fault_forms.views import FIGURES, SERVER

SENTENCES: tuple[str, ...] = (*COMMAND, *COMPARISON, *FIGURES, *SERVER, *DATA, *STORE)
