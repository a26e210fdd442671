"""The pages of the reporting team."""
