"""E-invoices (UBL, EN 16931): reading, rules, what they open."""
