"""What is asked, and how an answer is read; imports nothing of the portal."""
