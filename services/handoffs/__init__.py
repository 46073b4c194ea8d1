"""The hand-off: what is on file for it, the check that people see, and the file that leaves."""
