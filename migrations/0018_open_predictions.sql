-- Forecasts of the next event: how many published predictions wait for their event, as of the newest report. The numbers of one
-- report replace those of an earlier one.
CREATE TABLE open_predictions (
  forecast TEXT NOT NULL PRIMARY KEY,
  origin TEXT NOT NULL, -- the last day of the data of the report
  predictions INTEGER NOT NULL CHECK (predictions >= 0),
  since TEXT, -- the day of the oldest one; NULL without any
  made_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
