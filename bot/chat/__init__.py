"""The customers' channel: requests written there, answered in the thread by fixed sentences."""
