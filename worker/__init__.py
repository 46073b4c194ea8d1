"""The worker process: wiring, the door for webhooks, what it shows of its health, and all in one process."""
