"""What a load balancer or a watch asks: does the program live, and can it work."""
