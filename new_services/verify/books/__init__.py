"""The books: one purchase as four databases have it, and the laws that bind them.

books      reads all four, judges, and reads again what broke a law
owned      orders that the new side owns, by number; they mean the same in legacy
alone      what stands in for legacy's tables and its law of the stock, once legacy is deleted
purchases  pure: what they have of one purchase, and the laws
marks      pure: a saga's mark in legacy and its times, spelled out a second time
"""
