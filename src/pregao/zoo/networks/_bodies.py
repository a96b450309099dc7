"""The torch modules of networks other than stacks: windows to (batch, width)."""

from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from pregao.zoo.networks._layers import Attention, Dense, Residual
from pregao.zoo.networks._sizes import num_knots, num_patches
from pregao.zoo.networks._specs import Activation, NHits, PatchTransformer

Window = Float[Tensor, "batch lookback feature"]
Flat = Float[Tensor, "batch width"]
Patched = Float[Tensor, "batch patch width"]
Hats = Float[Tensor, "knots lookback"]


class TrendAndRemainder(nn.Module):
    """The trend of a window, a centred moving average, and the remainder, side by side."""

    def __init__(self, trend_sessions: int) -> None:
        super().__init__()
        self.trend_sessions = trend_sessions

    def forward(self, x: Window) -> Flat:
        """Decompose each feature; averages at the ends are over the sessions of the window."""
        trend = functional.avg_pool1d(
            x.mT,
            self.trend_sessions,
            stride=1,
            padding=self.trend_sessions // 2,
            count_include_pad=False,
        )
        return torch.cat([trend, x.mT - trend], dim=1).flatten(1)


class Blocks(nn.Module):
    """The blocks of N-HiTS; the output is the last hidden layer of each, side by side."""

    def __init__(
        self,
        spec: NHits,
        *,
        num_features: int,
        lookback: int,
        activation: Activation,
        dropout: float,
    ) -> None:
        super().__init__()
        knots = [num_knots(rate, lookback) for rate in spec.rates]
        self.blocks = nn.ModuleList(
            _dense_layers((num_features * each, *spec.hidden), activation, dropout)
            for each in knots
        )
        self.backcasts = nn.ModuleList(
            nn.Linear(spec.hidden[-1], num_features * each) for each in knots[:-1]
        )
        for index, each in enumerate(knots):
            self.register_buffer(f"hats_{index}", _hats(each, lookback), persistent=False)

    def forward(self, x: Window) -> Flat:
        """Run each block, at its rate, on the residual of the blocks before."""
        hidden = []
        remainder = x.mT
        for index, block in enumerate(self.blocks):
            hats = self.get_buffer(f"hats_{index}")
            coarse = remainder @ (hats / hats.sum(dim=1, keepdim=True)).mT
            hidden.append(block(coarse.flatten(1)))
            if index < len(self.backcasts):
                coefficients = self.backcasts[index](hidden[-1]).view_as(coarse)
                remainder = remainder - coefficients @ hats
        return torch.cat(hidden, dim=1)


class Patches(nn.Module):
    """Overlapping patches of the window, each embedded by the same linear layer."""

    def __init__(self, spec: PatchTransformer, *, num_features: int, lookback: int) -> None:
        super().__init__()
        patches = num_patches(spec, lookback)
        first = lookback - spec.patch_sessions - (patches - 1) * spec.stride_sessions
        starts = first + spec.stride_sessions * torch.arange(patches)
        self.sessions: Tensor
        self.register_buffer(
            "sessions", starts[:, None] + torch.arange(spec.patch_sessions), persistent=False
        )
        self.embed = nn.Linear(spec.patch_sessions * num_features, spec.width)

    def forward(self, x: Window) -> Patched:
        """Cut the window into patches and embed them; the last patch ends at the cutoff."""
        out: Tensor = self.embed(x[:, self.sessions].flatten(2))
        return out


def patch_transformer(
    spec: PatchTransformer,
    *,
    num_features: int,
    lookback: int,
    activation: Activation,
    dropout: float,
) -> nn.Module:
    """Build an encoder over patches; its final states are concatenated."""
    width, patches = spec.width, num_patches(spec, lookback)
    layers: list[nn.Module] = [Patches(spec, num_features=num_features, lookback=lookback)]
    for _ in range(spec.depth):
        attention = Attention(width, heads=spec.heads, steps=patches, causal=False)
        forward = nn.Sequential(
            Dense(width, spec.feed_forward, activation, dropout),
            nn.Linear(spec.feed_forward, width),
        )
        layers += [
            Residual(nn.Sequential(nn.LayerNorm(width), each, nn.Dropout(dropout)), width, width)
            for each in (attention, forward)
        ]
    return nn.Sequential(*layers, nn.LayerNorm(width), nn.Flatten())


def _dense_layers(widths: tuple[int, ...], activation: Activation, dropout: float) -> nn.Module:
    return nn.Sequential(*(Dense(*pair, activation, dropout) for pair in pairwise(widths)))


def _hats(knots: int, lookback: int) -> Hats:
    """Return the piecewise linear functions that are 1 at one knot and 0 at all others."""
    return functional.interpolate(
        torch.eye(knots).unsqueeze(0), size=lookback, mode="linear", align_corners=True
    ).squeeze(0)
