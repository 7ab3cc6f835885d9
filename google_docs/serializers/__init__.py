"""What comes in and goes out of `/google-docs`: the shapes of `/superthread`, where they fit."""
