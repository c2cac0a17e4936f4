"""Read models: `reader` and `follower` bring the messages of a stream, `projection` writes them and
keeps the `watermark`, `mirror` keeps foreign rows, `deriving` guards documents; `rebuild`,
`feed_model`, `catching_up` and `swap` make a model again beside the live one.
"""
