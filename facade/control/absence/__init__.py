"""Whether legacy is still needed: what asked it last, and how far back that is known.

watch   needs with their last moment and caller, over all workers; gaps in what was watched
"""
