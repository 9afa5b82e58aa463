"""Figures that bodies send in: checked, submitted, reviewed by another, published after an embargo; and what is due."""
