"""The depth a function reaches before RecursionError, counted exactly."""

import sys


def depth_reached():
    try:
        return depth_reached() + 1
    except RecursionError:
        return 1


def frames_below():
    frame, count = sys._getframe(), 0
    while frame.f_back is not None and frame.f_back.f_code.co_filename == __file__:
        frame, count = frame.f_back, count + 1
    return count


print("limit", sys.getrecursionlimit())
print("at least 980 of 1000:", depth_reached() >= 980)
print("frames of this program below:", frames_below())
