"""Lists of the desk: cases, tasks, what was agreed; how they are chosen, kept and taken along."""
