-- From a publication to observations: what was taken in, what it said, what was refused, and which runs did it.

CREATE TABLE feeds (
  id TEXT PRIMARY KEY,
  cursor TEXT,                 -- period of the newest publication fetched with success
  etag TEXT,                   -- the publisher's ETag for that publication
  last_success_at TEXT
) STRICT;

-- One raw object that a parser has read. `rank` orders publications: last period, then the day in the name, then arrival.
CREATE TABLE ingests (
  id INTEGER PRIMARY KEY,
  feed TEXT NOT NULL,
  flow_id TEXT NOT NULL,
  raw_key TEXT NOT NULL UNIQUE,
  rank TEXT NOT NULL,
  published_on TEXT,
  arrived_at TEXT NOT NULL,
  first_period TEXT,
  last_period TEXT,
  stats TEXT NOT NULL CHECK (json_valid(stats))
) STRICT;

CREATE TABLE series (
  id INTEGER PRIMARY KEY,
  feed TEXT NOT NULL,
  key TEXT NOT NULL CHECK (json_valid(key)),               -- JSON array of the dimensions' values
  dimensions TEXT NOT NULL CHECK (json_valid(dimensions)), -- JSON object
  UNIQUE (feed, key)
) STRICT;

-- The current value of every fact. `ingest_id` is a publication that states it; partitions.confirmed_by may be a newer one.
CREATE TABLE observations (
  feed TEXT NOT NULL,
  period TEXT NOT NULL,
  series_id INTEGER NOT NULL REFERENCES series (id),
  variable TEXT NOT NULL,
  value REAL NOT NULL,
  ingest_id INTEGER NOT NULL REFERENCES ingests (id),
  PRIMARY KEY (feed, period, series_id, variable)
) STRICT, WITHOUT ROWID;

-- One series through time.
CREATE INDEX observations_by_series ON observations (series_id, variable, period);

-- Values that a newer publication contradicts.
CREATE TABLE revisions (
  feed TEXT NOT NULL,
  period TEXT NOT NULL,
  series_id INTEGER NOT NULL REFERENCES series (id),
  variable TEXT NOT NULL,
  value REAL NOT NULL,
  ingest_id INTEGER NOT NULL REFERENCES ingests (id),
  superseded_by INTEGER NOT NULL REFERENCES ingests (id),
  PRIMARY KEY (feed, period, series_id, variable, ingest_id, superseded_by)
) STRICT, WITHOUT ROWID;

-- What stands in the lake. `content` is the hash of the facts, `sha256` and `etag` those of the parquet file;
-- `confirmed_by` is the newest publication that stated exactly these facts.
CREATE TABLE partitions (
  feed TEXT NOT NULL,
  path TEXT NOT NULL,
  rows INTEGER NOT NULL,
  content TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  etag TEXT NOT NULL,
  confirmed_by INTEGER REFERENCES ingests (id),
  PRIMARY KEY (feed, path)
) STRICT, WITHOUT ROWID;

CREATE TABLE problems (
  id INTEGER PRIMARY KEY,
  feed TEXT NOT NULL,
  ingest_id INTEGER NOT NULL REFERENCES ingests (id),
  reason TEXT NOT NULL,
  "row" INTEGER,
  "column" TEXT,
  period TEXT,
  found TEXT NOT NULL,
  expected TEXT NOT NULL,
  lost INTEGER NOT NULL -- how many values it cost
) STRICT;

-- A publication repeats its whole history, problems included: each is kept once, with the first ingest that met it.
CREATE UNIQUE INDEX problems_once
  ON problems (feed, reason, ifnull(period, ingest_id), ifnull("row", 0), ifnull("column", ''), found);

CREATE TABLE flow_runs (
  id TEXT PRIMARY KEY,         -- hash of the key
  kind TEXT NOT NULL,
  key TEXT NOT NULL UNIQUE,    -- what it is for: running it twice changes nothing
  state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'done', 'held', 'failed')),
  attempt INTEGER NOT NULL DEFAULT 1,
  params TEXT NOT NULL CHECK (json_valid(params)),
  reason TEXT,                 -- why it is held or failed, in words
  stats TEXT CHECK (json_valid(stats)),
  boot TEXT NOT NULL DEFAULT '',
  created_at TEXT NOT NULL,
  started_at TEXT,
  heartbeat_at TEXT,
  ended_at TEXT
) STRICT;

-- What is owed: looked up by `recover` at every start and every hour.
CREATE INDEX flow_runs_owed ON flow_runs (state) WHERE state IN ('queued', 'running');
CREATE INDEX flow_runs_newest ON flow_runs (created_at);

CREATE TABLE flow_steps (
  flow_id TEXT NOT NULL REFERENCES flow_runs (id),
  attempt INTEGER NOT NULL,
  name TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('running', 'done', 'failed')),
  tries INTEGER NOT NULL DEFAULT 1,
  error TEXT,
  stats TEXT CHECK (json_valid(stats)),
  started_at TEXT NOT NULL,
  ended_at TEXT,
  PRIMARY KEY (flow_id, attempt, name)
) STRICT, WITHOUT ROWID;

-- Runs of one feed take turns. The fence grows with every turn and is checked by every write.
CREATE TABLE feed_turns (
  feed TEXT PRIMARY KEY,
  holder TEXT,
  fence INTEGER NOT NULL,
  expires_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The first statement of a batch: INSERT INTO fence VALUES (feed, fence) aborts the batch if the turn has passed on.
CREATE VIEW fence AS SELECT feed, fence FROM feed_turns;
CREATE TRIGGER fence_holds INSTEAD OF INSERT ON fence
BEGIN
  SELECT RAISE(ABORT, 'overtaken: another run has taken the turn of this feed')
  WHERE NOT EXISTS (SELECT 1 FROM feed_turns WHERE feed = NEW.feed AND fence = NEW.fence AND holder IS NOT NULL);
END;
