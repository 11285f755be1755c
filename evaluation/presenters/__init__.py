"""From what a selector found to what a template reads: words and addresses, no queries."""
