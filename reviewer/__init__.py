"""The area of the reporting team: the same layers again; owns no tables."""
