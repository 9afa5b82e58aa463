"""The register of budget lines, and what each definition of a budget for children counts of them."""
