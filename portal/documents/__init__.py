"""What leaves the portal: data in, bytes out; no database, no request."""
