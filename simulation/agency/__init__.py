"""The demo agency: a server of ours that implements `docs/agency.openapi.yaml`, for the demo, for trying, for tests."""
