"""A page to explore trained models in a browser: `ganzoo explore`.

`state` and `encode` are functions of models and arrays, `catalog` and `progress` read runs; `page` cannot be imported
without Gradio.
"""
