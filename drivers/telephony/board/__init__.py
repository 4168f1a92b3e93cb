"""One telephone board's signalling: legs, services, prompts, ports, the link to the server."""
