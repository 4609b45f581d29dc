"""One widget per file. A widget knows neither its siblings nor the screen: it is called, and it posts messages."""
