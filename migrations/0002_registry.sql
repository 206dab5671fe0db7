-- From a training to the model that serves: runs and their trials, models, what the gate decided, who serves, who changed what and why.

CREATE TABLE training_runs (
  id TEXT PRIMARY KEY,
  forecast TEXT NOT NULL,
  seed INTEGER NOT NULL,
  code_version TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('running', 'done', 'failed', 'abandoned')),
  reason TEXT,
  stats TEXT CHECK (json_valid(stats)),
  started_at TEXT NOT NULL,
  heartbeat_at TEXT NOT NULL,  -- when it was last heard of; a silent one is abandoned
  ended_at TEXT,
  CHECK ((state = 'running') = (ended_at IS NULL))
) STRICT;

CREATE INDEX training_runs_newest ON training_runs (forecast, started_at);
CREATE INDEX training_runs_running ON training_runs (heartbeat_at) WHERE state = 'running';

CREATE TABLE trials (
  run TEXT NOT NULL REFERENCES training_runs (id),
  candidate TEXT NOT NULL,
  number INTEGER NOT NULL CHECK (number >= 0),
  state TEXT NOT NULL CHECK (state IN ('done', 'pruned', 'failed')),
  parameters TEXT NOT NULL CHECK (json_valid(parameters)),
  scores TEXT NOT NULL CHECK (json_type(scores) = 'array'), -- one a validation fold
  seconds REAL NOT NULL,
  note TEXT,
  PRIMARY KEY (run, candidate, number)
) STRICT, WITHOUT ROWID;

-- A registered model: written in one statement after both artefacts lie in R2. It never changes.
-- The columns from `candidate` on repeat the card, for lists and for the gate.
CREATE TABLE models (
  forecast TEXT NOT NULL,
  version TEXT NOT NULL,
  run TEXT REFERENCES training_runs (id),
  model_sha256 TEXT NOT NULL CHECK (length(model_sha256) = 64),
  model_bytes INTEGER NOT NULL CHECK (model_bytes > 0),
  card_sha256 TEXT NOT NULL CHECK (length(card_sha256) = 64),
  candidate TEXT NOT NULL,
  recipe TEXT NOT NULL,
  producer TEXT NOT NULL,
  rmse REAL,
  skill REAL,
  p_value REAL CHECK (p_value BETWEEN 0 AND 1),
  test_from TEXT NOT NULL,
  test_to TEXT NOT NULL,
  published_from TEXT NOT NULL,
  published_to TEXT NOT NULL,
  registered_at TEXT NOT NULL,
  PRIMARY KEY (forecast, version)
) STRICT, WITHOUT ROWID;

CREATE INDEX models_newest ON models (registered_at);

CREATE TRIGGER models_never_change BEFORE UPDATE ON models
BEGIN
  SELECT RAISE(ABORT, 'immutable: a registered model never changes');
END;

CREATE TABLE tags (
  forecast TEXT NOT NULL,
  version TEXT NOT NULL,
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (forecast, version, name),
  FOREIGN KEY (forecast, version) REFERENCES models (forecast, version)
) STRICT, WITHOUT ROWID;

-- What the gate decided. `used_through` is the last period that it looked at, which no later replacement may count.
CREATE TABLE gates (
  id INTEGER PRIMARY KEY,
  flow_id TEXT NOT NULL UNIQUE REFERENCES flow_runs (id), -- a flow that is tried again keeps its answer
  forecast TEXT NOT NULL,
  version TEXT NOT NULL,
  incumbent TEXT,
  rule TEXT NOT NULL CHECK (rule IN ('first', 'replacement', 'refresh', 'naive', 'person')),
  kind TEXT NOT NULL CHECK (kind IN ('promote', 'hold', 'reject')),
  periods INTEGER NOT NULL CHECK (periods >= 0),
  p_naive REAL CHECK (p_naive BETWEEN 0 AND 1),
  p_incumbent REAL CHECK (p_incumbent BETWEEN 0 AND 1),
  used_through TEXT CHECK (used_through IS NULL OR rule IN ('first', 'replacement') AND kind <> 'hold'),
  reason TEXT NOT NULL,
  decided_at TEXT NOT NULL,
  FOREIGN KEY (forecast, version) REFERENCES models (forecast, version)
) STRICT;

CREATE INDEX gates_used ON gates (forecast, used_through) WHERE used_through IS NOT NULL;

-- Every change of champion, numbered from 1 without gaps. The row that has not ended is the champion.
-- Compare-and-set is the primary key: two changes that both follow number n both want n + 1.
CREATE TABLE champions (
  forecast TEXT NOT NULL,
  number INTEGER NOT NULL CHECK (number >= 1),
  version TEXT NOT NULL,
  rule TEXT NOT NULL CHECK (rule IN ('first', 'replacement', 'refresh', 'naive', 'person', 'rollback')),
  who TEXT NOT NULL,
  why TEXT NOT NULL,
  flow_id TEXT UNIQUE REFERENCES flow_runs (id), -- null for a rollback
  since TEXT NOT NULL,
  until TEXT,
  PRIMARY KEY (forecast, number),
  FOREIGN KEY (forecast, version) REFERENCES models (forecast, version)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX one_champion ON champions (forecast) WHERE until IS NULL;
CREATE INDEX champions_of_version ON champions (forecast, version);

CREATE TRIGGER champions_without_gaps BEFORE INSERT ON champions
WHEN NEW.number <> 1 + (SELECT ifnull(max(number), 0) FROM champions WHERE forecast = NEW.forecast)
BEGIN
  SELECT RAISE(ABORT, 'overtaken: the champion has changed since');
END;

CREATE TABLE audit (
  id INTEGER PRIMARY KEY,
  at TEXT NOT NULL,
  who TEXT NOT NULL,
  what TEXT NOT NULL,
  why TEXT NOT NULL,
  forecast TEXT NOT NULL,
  version TEXT,
  run TEXT,
  before TEXT CHECK (json_valid(before)),
  after TEXT CHECK (json_valid(after))
) STRICT;

CREATE INDEX audit_of_model ON audit (forecast, version);

CREATE TRIGGER audit_never_changes BEFORE UPDATE ON audit
BEGIN
  SELECT RAISE(ABORT, 'append-only: what happened has happened');
END;
CREATE TRIGGER audit_never_forgets BEFORE DELETE ON audit
BEGIN
  SELECT RAISE(ABORT, 'append-only: what happened has happened');
END;
