"""Reads of appraisal; what a person reads begins with the reader's scope."""
