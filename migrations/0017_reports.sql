-- The last period with a value, NULL for histories of earlier versions until they are built again. A report is due if it has none for this period.
ALTER TABLE histories ADD COLUMN last_period TEXT;

-- Revisions of reports, and the forecasts that they publish. The row precedes its flow, and its predictions precede its report.
CREATE TABLE reports (
  forecast TEXT NOT NULL,
  origin TEXT NOT NULL, -- the last period of the data
  role TEXT NOT NULL CHECK (role IN ('champion', 'shadow')),
  revision INTEGER NOT NULL CHECK (revision >= 1),
  history INTEGER NOT NULL CHECK (history >= 1), -- number of the history that it reads
  change INTEGER NOT NULL CHECK (change >= 0), -- number of the champion's change; 0 without a champion
  reason TEXT NOT NULL CHECK (reason IN ('publication', 'correction', 'champion', 'request', 'edition', 'catch-up')),
  state TEXT NOT NULL CHECK (state IN ('requested', 'predicted', 'published', 'recorded', 'overtaken')),
  requested_at TEXT NOT NULL,
  predicted_at TEXT,
  version TEXT, -- of the model that predicted; NULL if nothing could be predicted
  target TEXT, -- the next period
  predictions TEXT, -- key of the predictions in R2; NULL if there are none
  published_at TEXT,
  counts TEXT CHECK (counts IN ('headline', 'revision', 'backfill', 'shadow')), -- in the track record; NULL until it is known, and without predictions
  files TEXT, -- JSON: names and sizes of the files of the report
  summary TEXT, -- JSON: the findings in words
  PRIMARY KEY (forecast, origin, role, revision),
  CHECK (state <> 'published' OR published_at IS NOT NULL),
  CHECK (counts IS NULL OR predictions IS NOT NULL),
  CHECK (counts IS NOT 'headline' OR (role = 'champion' AND published_at IS NOT NULL))
) STRICT, WITHOUT ROWID;

-- The same data and the same champion are one revision, so that two triggers start one report.
CREATE UNIQUE INDEX reports_of_inputs ON reports (forecast, origin, role, history, change);
-- The track record counts one revision of an origin: the first one that was published before its target.
CREATE UNIQUE INDEX reports_headline ON reports (forecast, origin) WHERE counts = 'headline';
-- What the cron tick resumes.
CREATE INDEX reports_owed ON reports (state) WHERE state IN ('requested', 'predicted');
-- Lists show the newest reports first.
CREATE INDEX reports_published ON reports (published_at) WHERE published_at IS NOT NULL;

CREATE TRIGGER reports_stay_published BEFORE UPDATE ON reports WHEN OLD.state IN ('published', 'recorded')
BEGIN SELECT RAISE(ABORT, 'a published report never changes'); END;

-- The daily edition of a forecast names the report of that day.
CREATE TABLE editions (
  forecast TEXT NOT NULL,
  date TEXT NOT NULL, -- the local day of the forecast
  origin TEXT, -- the report that it names; NULL without a report
  revision INTEGER,
  is_new INTEGER NOT NULL CHECK (is_new IN (0, 1)), -- 1 if the report was published since the last edition
  published_at TEXT NOT NULL,
  PRIMARY KEY (forecast, date)
) STRICT, WITHOUT ROWID;

-- Which scores of a period are the newest. A corrected value, or another publication of predictions for the period, makes a new revision.
CREATE TABLE scored (
  forecast TEXT NOT NULL,
  target TEXT NOT NULL, -- the period of the actual values
  revision INTEGER NOT NULL CHECK (revision >= 1),
  key TEXT NOT NULL, -- of the scores in R2
  made_from TEXT NOT NULL CHECK (length(made_from) = 64), -- hash of the values and of the publications that were scored
  scored_at TEXT NOT NULL,
  PRIMARY KEY (forecast, target, revision)
) STRICT, WITHOUT ROWID;

-- Sums of the newest scores that count, by period, step and set: `series`, or the name of a group rule. Losses are in the target's unit.
CREATE TABLE score_sums (
  forecast TEXT NOT NULL,
  "set" TEXT NOT NULL,
  step INTEGER NOT NULL CHECK (step >= 1),
  target TEXT NOT NULL,
  rows INTEGER NOT NULL CHECK (rows >= 1),
  loss REAL NOT NULL,
  absolute_error REAL NOT NULL,
  compared INTEGER NOT NULL CHECK (compared BETWEEN 0 AND rows), -- with a loss of the baseline
  compared_loss REAL NOT NULL,
  baseline_loss REAL NOT NULL,
  banded INTEGER NOT NULL CHECK (banded BETWEEN 0 AND rows), -- with intervals
  covered TEXT NOT NULL CHECK (json_valid(covered)), -- counts inside the intervals of 50, 80, 90 and 95 %
  pointed INTEGER NOT NULL CHECK (pointed BETWEEN 0 AND rows), -- with a median
  exact INTEGER NOT NULL CHECK (exact BETWEEN 0 AND pointed),
  PRIMARY KEY (forecast, "set", step, target)
) STRICT, WITHOUT ROWID;
