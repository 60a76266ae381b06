"""Measure everything that is promised about speed, memory and quality, beside peers (`make bench`).

Sections (`--only`) measure and store numbers in docs/benchmarks/results.json, each by itself; the
page and its plots are drawn from that file alone.  What a newcomer would get wrong: only figures of
one section of one run can be compared, for machines differ and their load changes.
"""
