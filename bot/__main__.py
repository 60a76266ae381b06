"""`python -m bot` is `zhuce`."""

from bot.cli import main

main()
