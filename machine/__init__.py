"""The machine under us: private files, processes, ports. Below everything else."""
