"""Tables of intake."""

from intake.models.batches import Batch
from intake.models.indicators import Indicator, IndicatorOption, IndicatorOwner
from intake.models.observations import Observation
from intake.models.periods import Period

__all__ = ["Batch", "Indicator", "IndicatorOption", "IndicatorOwner", "Observation", "Period"]
