"""The graph of duties: what joins a right to the law, the demands, the money, the deeds, the figures and the voices."""
