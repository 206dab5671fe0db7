-- How many contenders of the training were ahead of the baseline on validation, and how many of them its look tested. NULL for decisions
-- of earlier versions. They explain why a baseline serves.
ALTER TABLE gates ADD COLUMN ahead INTEGER CHECK (ahead >= 0);
ALTER TABLE gates ADD COLUMN tested INTEGER CHECK (tested >= 0);

-- The newest decision about a forecast.
CREATE INDEX gates_newest ON gates (forecast, id);

-- Champions that predict cannot load although the hub can, as predict reported last. A row is deleted when predict can load the champion.
CREATE TABLE load_failures (
  forecast TEXT NOT NULL PRIMARY KEY,
  number INTEGER NOT NULL CHECK (number >= 1), -- of the champion change
  served TEXT, -- the version that answers instead; NULL if none does
  reason TEXT NOT NULL,
  at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
