"""The durable workflow of one overdue invoice, its messages and its options."""
