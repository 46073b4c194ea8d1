"""The written procedure manual of a policy: made from the policy itself, so that it can't say anything else."""
