-- What a look read, as JSON: its feeds, their variables with the tolerance of a change, and the first period. NULL for looks of earlier
-- versions. Without it an edited declaration would change which corrections count since the look.
ALTER TABLE looks ADD COLUMN read TEXT CHECK (json_valid(read));
