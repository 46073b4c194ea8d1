"""Planning: from a case, its policy and a moment to the next decision."""
