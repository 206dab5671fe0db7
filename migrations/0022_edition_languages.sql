-- The languages of an edition: a JSON list. The first one is that of the files without a language in their key. NULL for an edition of an
-- earlier version: it has the language of its forecast.
ALTER TABLE editions ADD COLUMN languages TEXT CHECK (json_valid(languages));
