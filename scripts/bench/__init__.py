"""`make bench`: everything that is promised about speed, memory and quality, measured beside peers.

Sections (`--only`) measure and store numbers in docs/benchmarks/results.json, each by itself; the
page and its plots are drawn from that file alone.  What a newcomer would get wrong: figures compare
within one section of one run, for machines differ and so do their moods.
"""
