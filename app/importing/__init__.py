"""Foreign BPMN becomes drafts in our dialect. Pure: bytes in, drafts and lines out.

``imported.import_file`` is the way in. Two promises, both kept by ``work.Work``:

- Nothing of the source is left out without a line that says so. ``Work.left_out`` accounts for
  every element of the file, and adds the line where a step forgot it.
- What cannot be translated stays drawn, or becomes a to-do at its element. A to-do is a property
  of the element in the file itself, so it stays with the draft until somebody has dealt with it,
  and ``engine.reader`` refuses to run a file that has any.
"""
