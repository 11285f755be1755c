"""Whatever is judged, and the tree of units."""
