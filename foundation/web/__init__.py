"""What pages share: declared permissions, list pages, tags, assets."""
