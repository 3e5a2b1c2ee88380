"""Moving a running process to another drawing: which step is which, and its tokens seated anew.

A state is live tokens only, so a move never replays anything: each token is put on its step of the
new drawing and keeps its id and everything that was worked out when it arrived (its due moment,
the moment of its timer, the key of its message, the items of its loop, who was asked to sign off).
Nothing runs; only the clocks and messages that the new drawing puts at the border of an open step
begin to watch, from now.
"""
