"""Tables of intake."""

from intake.models.batches import Batch
from intake.models.indicators import Indicator, IndicatorOption, IndicatorOwner
from intake.models.observations import Observation
from intake.models.periods import Period
from intake.models.repeats import Repeat
from intake.models.withdrawals import Withdrawal

__all__ = [
    "Batch",
    "Indicator",
    "IndicatorOption",
    "IndicatorOwner",
    "Observation",
    "Period",
    "Repeat",
    "Withdrawal",
]
