"""JSON documents: exact `values`, the `difference` of two, elements of `arrays` matched, and
objects with no member in common (`reshaping`).
"""
