"""Intake: files of other systems (open items, later invoices and bank statements) read into plain values."""
