-- A training can be gone on with only where the data are the same. SHA-256 of the observations; unknown for older runs.
ALTER TABLE training_runs ADD COLUMN data_hash TEXT;
