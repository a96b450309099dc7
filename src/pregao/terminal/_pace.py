"""The estimate of the time that remains."""

_REPLAY_GAP_SECONDS = 0.05
_REPLAY_SECONDS = 5.0
_FIRST_ESTIMATE_SECONDS = 5.0


class Pace:
    """The time that remains, estimated from the pace of what was trained.

    Results restored from an earlier run come in one burst at the beginning and are left out of the
    estimate.
    """

    def __init__(self) -> None:
        self._first: float | None = None
        self._latest = (0.0, 0)
        self._begun: tuple[float, int] | None = None

    def tell(self, done: int, now: float) -> None:
        """Record how much is done."""
        if self._first is None:
            self._first = now
        elif self._begun is None and (
            now - self._latest[0] > _REPLAY_GAP_SECONDS or now - self._first > _REPLAY_SECONDS
        ):
            self._begun = self._latest
        self._latest = (now, done)

    def left(self, total: int, now: float) -> float | None:
        """Return the seconds that remain, or None while there is no estimate."""
        if self._begun is None:
            return None
        since, before = self._begun
        until, done = self._latest
        if done <= before or until - since < _FIRST_ESTIMATE_SECONDS:
            return None
        return max(0.0, (total - done) * (until - since) / (done - before) - (now - until))
