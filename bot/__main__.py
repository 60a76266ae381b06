"""`python -m bot` is `zhuce`."""

from bot.cli.main import main

main()
