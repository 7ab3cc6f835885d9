"""Who may do what by which tool."""
