"""The pure engine on a wide CSV, without a database: one row a subject, one column an indicator."""
