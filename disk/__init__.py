"""Files on the disk: ours for the owner alone, those of others only where they are plain files."""
