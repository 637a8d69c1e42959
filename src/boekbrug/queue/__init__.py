"""The adapter of the job engine: only this room knows Procrastinate's tables (architecture.md)."""
