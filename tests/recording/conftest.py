"""How hypothesis is used here: no time limit for one example, since the machine may be busy; nothing kept on disk."""

from hypothesis import settings

settings.register_profile("recording", deadline=None, database=None)
settings.load_profile("recording")
