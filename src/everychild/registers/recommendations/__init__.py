"""What treaty bodies and the Universal Periodic Review ask for, what each party says was done, and what proves it."""
