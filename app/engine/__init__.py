"""The process engine: the only importer of SpiffWorkflow. State in, state out; no database, no web.

``parse.parse_diagram`` reads a diagram or refuses it with reasons, ``specset.SpecSet.build`` pins
the diagrams a case runs on, ``process.Process`` runs one instance. Everything given out is a plain
value from ``results`` or ``catalogue``.

What a process owner may rely on:

- **Facts** are the process's, not a token's: parallel branches see each other's answers. A called
  process sees only what is mapped in, plus ``case_id`` and ``area``. See ``facts``.
- **Conditions** count as true only when they are true; null is not. Sign-off is the other way
  round: only a clear false lets a token pass unsigned. See ``elements.sign_off``.
- **Reminders**: the branch of a non-interrupting *timer* that meets the main flow nowhere but at
  an end event belongs to the activity it watches. When the activity is completed, interrupted or
  cancelled, everything still open on the branch closes, so a reminder never holds a case open. A
  branch that rejoins the main flow, and every branch that a *message* starts, is work: it stays
  until it is done. See ``elements.events``.
- **Timers** are worked out when the token arrives and then only moved on purpose; people's days
  and months are London's. See ``moments``.
- **Messages** need a key, frozen on arrival; one message goes to one token of a process, to the
  one that has waited longest. A timer or message start event lets the token straight through.
  Where it says ``start.oneAtATime`` the runtime begins no second run for the same case: the one
  there is takes the message, or it begins the next run once that has ended.
- **Joins** take one token from each flow that leads to them, in loops too. A join that nothing
  can reach any more, and a loop that nobody works on, are errors that name themselves.
"""
