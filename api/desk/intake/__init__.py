"""What is dropped on a page: lists and invoices, and how their columns are read."""
