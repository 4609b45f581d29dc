"""Without arguments sys.argv holds the script alone."""

import os
import sys

print(len(sys.argv), os.path.basename(sys.argv[0]))
print(os.path.abspath(sys.argv[0]) == os.path.abspath(__file__))
