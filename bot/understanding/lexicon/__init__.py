"""The pack's own words found in a text: slots, typos and misspellings mended."""
