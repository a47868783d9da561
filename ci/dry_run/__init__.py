"""Objects of accepted values before a real API server, which is asked but changes nothing."""
