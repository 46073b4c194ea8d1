"""What is known of a debtor over all his invoices: his account, how he pays, what was said, his credit."""
