"""Driving a diagram: every open task is answered, every clock rings, until it ends or waits.

``play.drive`` is the way in. It is a test, not a run: tables and automatic steps give made-up
values, chosen among those that the diagram itself compares facts with, so that every way is tried.
The token game watches each step.
"""
