"""What pages of accounts say."""
