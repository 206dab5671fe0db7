-- What was asked and answered: raw for some months, and sums an hour for ever.

-- One answered instance. `answer` is a hash of the request's id and what it asked: a message that comes twice adds nothing.
CREATE TABLE predictions (
  answer TEXT NOT NULL CHECK (length(answer) = 32),
  position INTEGER NOT NULL CHECK (position >= 0),          -- of the instance in its request
  request_id TEXT NOT NULL,                                 -- X-Request-Id of the answer
  at TEXT NOT NULL,
  forecast TEXT NOT NULL,
  version TEXT NOT NULL,
  number INTEGER NOT NULL CHECK (number >= 1),              -- of the change of champion that made it serve
  protocol TEXT NOT NULL CHECK (protocol IN ('predict', 'mlflow', 'open-inference')),
  series TEXT CHECK (json_type(series) = 'array'),          -- values of the dimensions; null where the features do not say
  target_period TEXT,                                       -- null where raw features were sent
  prediction REAL,
  intervals TEXT NOT NULL CHECK (json_type(intervals) = 'object'),
  change_probability REAL,
  features TEXT NOT NULL CHECK (json_type(features) = 'object'),
  given TEXT CHECK (json_type(given) = 'array'),            -- features that the caller set; null: all of them
  hypothetical INTEGER NOT NULL CHECK (hypothetical IN (0, 1)),
  PRIMARY KEY (answer, position)
) STRICT; -- with rowid: rows of a kilobyte each would spill out of an index's pages

CREATE INDEX predictions_newest ON predictions (forecast, at);

-- How the inputs were distributed in each hour, in the bins of the version's card.
CREATE TABLE input_hours (
  forecast TEXT NOT NULL,
  version TEXT NOT NULL,
  feature TEXT NOT NULL,
  hour TEXT NOT NULL CHECK (length(hour) = 13),             -- YYYY-MM-DDTHH, UTC
  hypothetical INTEGER NOT NULL CHECK (hypothetical IN (0, 1)),
  bin TEXT NOT NULL,
  count INTEGER NOT NULL CHECK (count > 0),
  PRIMARY KEY (forecast, version, feature, hour, hypothetical, bin)
) STRICT, WITHOUT ROWID;

-- Raw predictions from before `since` are gone. What comes so late that it was purged, or might have been, is not counted.
CREATE TABLE predictions_since (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  since TEXT NOT NULL
) STRICT;
INSERT INTO predictions_since VALUES (1, '');

CREATE TRIGGER predictions_since_only_grows BEFORE UPDATE ON predictions_since WHEN NEW.since < OLD.since
BEGIN
  SELECT RAISE(ABORT, 'what was purged does not come back');
END;
