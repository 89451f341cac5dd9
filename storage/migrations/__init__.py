"""Reviewed migrations, run by the ORM's own runner; see `storage.database`."""
