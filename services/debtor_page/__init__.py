"""The page of a debtor: what he owes and why, how he pays, what he may tell us, and what follows from it."""
