"""What some of a function's parameters are, by their usual names or by what their annotation says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from paribus.core.errors import ParibusError, nearest
from paribus.core.messages import Message
from paribus.programs.function.signature import Signature

Name = Literal["learning_rate", "weight_decay", "momentum", "clip", "batch_size", "epochs", "dropout"]
ROLES: tuple[str, ...] = get_args(Name)
_USUAL = {"lr": "learning_rate", "wd": "weight_decay"} | {name: name for name in ROLES}


@dataclass(frozen=True)
class Role:
    """What a parameter is, in its annotation."""

    name: str


def role(name: Name) -> Role:
    """What a function's parameter is, for `paribus why`: `rate: Annotated[float, pb.role("learning_rate")] = 0.1`.

    Only parameters whose role is known are changed in looking for a cause. Of those called `lr`, `learning_rate`, `wd`,
    `weight_decay`, `momentum`, `clip`, `batch_size`, `epochs` or `dropout` it is known without.

    Args:
        name: `learning_rate`, `weight_decay`, `momentum`, `clip` (a bound of the gradient's length), `batch_size`,
            `epochs` or `dropout`.

    Raises:
        ParibusError: for another name.
    """
    if name not in ROLES:
        hint = nearest(name, ROLES, Message("the roles are {choices}", choices=ROLES))
        raise ParibusError("a parameter's role must be a known one", got=name, hint=hint)
    return Role(name)


def roles_of(signature: Signature) -> Mapping[str, str]:
    """The parameter of each role that one has. An annotation goes before a name."""
    said = {
        part.name: field
        for field, info in signature.model.model_fields.items()
        for part in info.metadata
        if isinstance(part, Role)
    }
    usual = {_USUAL[field]: field for field in signature.model.model_fields if field in _USUAL}
    others = {name: field for name, field in usual.items() if field not in said.values()}
    return {**others, **said}
