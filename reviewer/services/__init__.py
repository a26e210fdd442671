"""What the reporting team writes."""
