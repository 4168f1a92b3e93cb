"""How a page is measured and drawn: fonts, line breaking, the sheet. Knows no slip and no report."""
