"""The process owners' workshop: look at processes, change a draft, check it, publish it."""
