"""The verbs: one use case per file, on ports, with the domain's rules and nobody's wire format."""
