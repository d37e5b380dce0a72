"""From one text source per chapter to notebooks, solutions and the site."""
