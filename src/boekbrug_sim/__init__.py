"""The practice book: programs that speak the wire of Exact Online and of Coachview without an account.

They import nothing of the product. Source: simulators.md.
"""
