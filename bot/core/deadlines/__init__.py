"""Work out dates: choose the calculator, ask for the date, build the result."""
