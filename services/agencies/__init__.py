"""What goes between us and the partners who take cases over: whose a report is, and what a return file says."""
