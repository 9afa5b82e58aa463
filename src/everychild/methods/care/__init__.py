"""Children in formal care: stocks and flows that must agree, and definitions that must not be joined."""
