"""The runs of cases in Temporal: how they stand, and mending those that have ended or can't go on."""
