"""The outside: storage, tabular files, signing."""
