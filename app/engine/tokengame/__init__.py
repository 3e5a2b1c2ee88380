"""The token game: what the BPMN standard says a diagram can do, worked out from the drawing alone.

It shares nothing with the engine but the drawing. A state is a value that can be compared and
hashed, so it can be the engine's judge in tests (``make fuzz``) and explore everything a diagram
could ever do (``explore``). What only data can decide is asked of ``rules.AnyWay``, which allows
everything a diagram could do with some data.
"""
