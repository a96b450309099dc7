"""What the routes call: the use cases, and the measures beside them."""

from dataclasses import dataclass, field
from threading import Event
from typing import Annotated

from fastapi import Depends, Request

from pregao.serving._access import Access
from pregao.serving._limits import HttpLimits
from pregao.serving._metrics import Metrics
from pregao.workbench import Workbench


@dataclass(frozen=True)
class Services:
    """Everything that one server works with."""

    workbench: Workbench
    access: Access
    limits: HttpLimits = field(default_factory=HttpLimits)
    metrics: Metrics = field(default_factory=Metrics)
    stopping: Event = field(default_factory=Event)
    """Set when the server is asked to stop: event streams end."""


async def services_of(request: Request) -> Services:
    """Give what the application was made with."""
    services: Services = request.app.state.services
    return services


Served = Annotated[Services, Depends(services_of)]
