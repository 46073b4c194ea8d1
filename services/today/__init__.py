"""The morning screen: what may leave, what waits for a person, where the money stands; from the case file alone."""
