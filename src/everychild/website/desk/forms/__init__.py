"""Forms of the desk: each named action of the registers is declared once, and one machine makes its form."""
