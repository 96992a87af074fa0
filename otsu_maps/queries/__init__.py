"""The only SELECTs on snapshots: typed parameters in, frames or records with documented columns out."""
