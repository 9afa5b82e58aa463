"""Programmes for children: results with baseline and target, pilots with the evidence for each step, who answers."""
