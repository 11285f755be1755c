"""Home and overview pages; no models."""
