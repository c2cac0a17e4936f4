"""Mutation testing: change one place of the code, and see whether a test without sockets notices.

targets    which files are changed, and which tests are to notice
operators  what is changed: one expression or statement, in one way
changes    every change of a file, each with its name, its lines and its code
swap       puts a change into a process: into the loaded functions, or into the next import
trial      one process for each change: it runs the tests that execute the changed lines
baseline   which test executes which line, and how long it takes
session    pytest as it collects the tests once, and every trial is a fork of it
accepted   the survivors that are known, with the reason (accepted.yaml)
report     the table, and the survivors by file and line
"""
