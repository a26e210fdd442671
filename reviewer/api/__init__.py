"""The reporting team's part of the API."""
