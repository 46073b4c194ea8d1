"""Systems of others that are told what happens to cases."""
