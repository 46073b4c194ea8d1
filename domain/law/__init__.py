"""Law, one file a jurisdiction, with dated tables as data."""
