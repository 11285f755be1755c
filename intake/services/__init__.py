"""Writes of intake: indicators, periods, and batches from the file to the receipt."""
