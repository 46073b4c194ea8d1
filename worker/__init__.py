"""The worker process: settings, wiring, plugin and embedded engine."""
