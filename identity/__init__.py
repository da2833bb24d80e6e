"""Who someone is: tokens, trust and verification."""
