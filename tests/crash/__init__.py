"""The bot killed again and again while real servers beside it live on, and their books compared at the end."""
