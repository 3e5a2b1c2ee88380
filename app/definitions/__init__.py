"""Diagrams, tables, forms and area packs: published once, never changed, pinned by what runs."""
