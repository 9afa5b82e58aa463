"""Estimation under a stratified cluster design, from totals of primary sampling units (PSUs)."""
