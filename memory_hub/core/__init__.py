"""What everything else stands on: errors, ids, deadlines, budgets. Imports nothing of the hub."""
