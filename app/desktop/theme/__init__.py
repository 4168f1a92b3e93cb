"""How everything looks: colours by name, type, icons, palette, style sheet. Knows no window."""
