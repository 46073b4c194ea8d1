"""The page of a debtor: what he owes and why, how he pays, and what he tells us; without script, behind a token."""
