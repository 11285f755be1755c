"""The request as a view of ours gets it."""

from accounts.scope import Scope
from foundation.web.page import PageRequest


class Request(PageRequest):
    """A request whose scope is worked out from grants."""

    scope: Scope
