"""Every test of intake has the cast, its indicators and its periods."""

import pytest

from tests.cast import Cast, make_cast
from tests.intake.factories import make_indicators


@pytest.fixture
def cast(db: None) -> Cast:
    """The cast of all tests, with indicators and periods to upload for."""
    made = make_cast()
    make_indicators()
    return made
