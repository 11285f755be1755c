"""Long work: jobs with leases, children and closing steps."""
