"""What the reporting team reads of many rows."""
