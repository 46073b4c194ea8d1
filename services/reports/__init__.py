"""Reports: what a person reads of cases, gathered from the case file."""
