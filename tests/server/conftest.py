"""The servers of `servers`, as fixtures."""

from servers import client as client
from servers import client_of as client_of
from servers import connected as connected
from servers import make_client as make_client
from servers import make_services as make_services
from servers import run_services as run_services
from servers import served_home as served_home
from servers import trained_home as trained_home
