"""A way in: workers that run slices of work, the clock that wakes what is due, the rescue of dead workers' jobs."""
