"""What is made for people to look at or to keep, behind ports of core."""
