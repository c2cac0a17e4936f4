"""What differs by itself: `noise` is learned by asking legacy twice (`listening`), compared by the
`shapes` of values; `races` distinguishes a moving value from a wrong one.
"""
