"""The base of every value that is written down: specs, experiments, findings, reports."""

from typing import Any, Self

from pydantic import BaseModel, ConfigDict


class Value(BaseModel):
    """A frozen value that equals its own JSON; unknown fields and NaN are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    def replace(self, **changes: Any) -> Self:
        """Give a copy with some fields changed, validated again as a whole."""
        return type(self).model_validate({**dict(self), **changes})
