"""Two recordings side by side: what of their names stands in which row, and the words for where they part."""
