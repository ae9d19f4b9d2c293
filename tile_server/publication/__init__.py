"""What is published, and the documents that list it."""
