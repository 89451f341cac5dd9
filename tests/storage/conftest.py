from tests.storage.places import postgres, store, url

__all__ = ["postgres", "store", "url"]
