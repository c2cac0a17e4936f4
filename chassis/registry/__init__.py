"""Where the instances of services answer.

discovery   how an instance announces itself: an entry of a key-value bucket that expires
announcing  an instance is in the registry while it is ready, and takes itself out
instances   what the registry has, for those that call
redirects   lends the monolith's place to another address, a few seconds at a time
"""
