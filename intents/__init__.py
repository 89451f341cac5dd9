"""What does this letter ask? Pure: no clock, no network, no database, no files after start."""
