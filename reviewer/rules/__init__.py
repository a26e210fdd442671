"""What the reporting team decides by, pure."""
