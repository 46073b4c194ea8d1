"""What a command, an API or a page does with cases: importing, recording, letters, reports; without Temporal."""
