"""Data comes in: indicators, periods, observations, uploads."""
