"""TLS of the server's port: which certificate it shows, and the one made here when none is given."""
