"""The demo centre: its configuration, its processes, its demo.json."""
