"""The goods as the back office sees and changes them.

listed  the goods with their inactive ones, prices as they were typed
form    what the staff type into a product's form, and what the product is to be (pure)
"""
