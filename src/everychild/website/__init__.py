"""The observatory in a browser: published releases and findings, shown in Kazakh, Russian and English.

Nothing is estimated here, and no file of a producer is read here.
"""
