"""How hypothesis is used here: no time limit for one example, since the machine may be busy; nothing kept on disk."""

from hypothesis import settings

settings.register_profile("progress", deadline=None, database=None)
settings.load_profile("progress")
