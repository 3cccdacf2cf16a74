"""What casework does once an event has happened."""
