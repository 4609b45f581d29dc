"""The screens: walking through a recording, choosing a lesson. The only room that imports Textual, and never torch."""
