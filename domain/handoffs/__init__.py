"""The hand-off to an agency, a bailiff or a lawyer: whether a case is ready for it."""
