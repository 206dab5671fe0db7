-- The further steps of an answer to a request with `steps` or `until`: a JSON list. NULL for the next period only.
ALTER TABLE predictions ADD COLUMN path TEXT CHECK (json_valid(path));
