"""What every kind of job has in common: its request."""

from abc import abstractmethod
from collections.abc import Iterator

from pregao.jobs._size_limits import Size, SizeLimits
from pregao.values import Value


class JobRequest(Value):
    """The request of a job, which equals its own JSON; each kind of job has its own class."""

    kind: str

    @property
    @abstractmethod
    def symbols(self) -> tuple[str, ...]:
        """The symbols that the job reads or trains on."""

    @property
    def network(self) -> str | None:
        """The name of the only network that is trained; None for other work."""
        return None

    @property
    def num_networks(self) -> int | None:
        """How many networks are compared; None for other work."""
        return None

    @property
    def extra_seconds(self) -> float:
        """The request's own time budget, added to `JobLimits.seconds`."""
        return 0.0

    def sizes(self, limits: SizeLimits) -> Iterator[Size]:
        """Yield each size of the job beside the largest that is accepted.

        Raises
        ------
        UnknownNameError
            For a network that does not exist.
        """
        del limits  # without a size of its own, any request is accepted
        return iter(())
