"""What pages of intake show, in words."""
