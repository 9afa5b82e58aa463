"""The law: acts and treaties, their provisions, and what each says of a treaty's duties, judged twice."""
