"""Data comes in: indicators, periods, observations, and the one door for them.

Owns ``Indicator`` 指标, ``Period``, ``Observation`` 考核数据 and ``Batch`` 上传批次. Refuses: a file
of which any row is wrong, a value that would have to be rounded, a row about a subject out of scope.
"""
