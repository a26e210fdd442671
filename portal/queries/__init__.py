"""Reads of many rows, each a fixed number of statements."""
