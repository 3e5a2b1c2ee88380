"""Moving a running process to other versions of its drawings, and taking that back.

``act`` says what the two actions come down to for ``app.runtime.step``; the tokens themselves are
moved by the engine. ``rows`` knows what a move changed, so that it can be taken back exactly.
"""
