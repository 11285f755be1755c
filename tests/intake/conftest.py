"""What most tests of intake stand on."""

import pytest

from tests.cast import Cast
from tests.intake.factories import make_indicators


@pytest.fixture
def indicators(cast: Cast) -> None:
    """Indicators and periods to upload for; a module asks for them by `usefixtures`."""
    make_indicators()
