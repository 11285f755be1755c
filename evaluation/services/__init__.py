"""Writes of appraisal: one public function a use case."""
