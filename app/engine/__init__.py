"""The process engine: the only importer of SpiffWorkflow. State in, state out; no database, no web.

``parse.parse_diagram`` reads a diagram, ``specset.SpecSet.build`` pins a set of diagrams, and
``process.Process`` runs one instance of it.
"""
