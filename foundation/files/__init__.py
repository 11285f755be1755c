"""Files that are kept: stored by content, never changed."""
