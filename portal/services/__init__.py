"""Writes: plain functions whose first argument is the act; none commits."""
