"""Which attribute of which class the source reads, writes and calls, found by its annotations.

`kinds` are the types we tell apart, `program` knows every class and function of the source,
`expressions` infers the type of an expression, `accesses` walks all functions and lists what they
do. It is no type checker: where it does not know a type it says so, and the rules built on it
decide what that means.
"""
