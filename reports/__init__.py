"""Statistics and paper: knows the domain's words, nothing of servers, screens or devices."""
