"""What people read in the file of a hand-off: the claim statement and its summary, in the language of the court."""
