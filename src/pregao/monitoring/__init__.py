"""Monitoring: scores and forecasts of a champion on sessions after its training."""

from pregao.monitoring._live_scores import LiveScores as LiveScores
from pregao.monitoring._live_scores import live_scores as live_scores
from pregao.monitoring._past_forecasts import PastForecasts as PastForecasts
from pregao.monitoring._past_forecasts import past_forecasts as past_forecasts
