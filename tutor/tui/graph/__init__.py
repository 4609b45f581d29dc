"""The graph behind a result: its roots, rows with lanes, folds, cuts, what each row says."""
