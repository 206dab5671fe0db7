-- Champions may have the rule `fallback`: the hub replaced a version that it cannot run. SQLite cannot change a CHECK, so the table is copied.
CREATE TABLE champions_with_fallbacks (
  forecast TEXT NOT NULL,
  number INTEGER NOT NULL CHECK (number >= 1),
  version TEXT NOT NULL,
  rule TEXT NOT NULL CHECK (rule IN ('first', 'replacement', 'refresh', 'naive', 'person', 'rollback', 'fallback')),
  who TEXT NOT NULL,
  why TEXT NOT NULL,
  flow_id TEXT UNIQUE REFERENCES flow_runs (id), -- null for a rollback and a fallback
  since TEXT NOT NULL,
  until TEXT,
  PRIMARY KEY (forecast, number),
  FOREIGN KEY (forecast, version) REFERENCES models (forecast, version)
) STRICT, WITHOUT ROWID;

-- The trigger of the new table is created after the rows are copied.
INSERT INTO champions_with_fallbacks (forecast, number, version, rule, who, why, flow_id, since, until)
SELECT forecast, number, version, rule, who, why, flow_id, since, until FROM champions;

DROP TABLE champions;
ALTER TABLE champions_with_fallbacks RENAME TO champions;

CREATE UNIQUE INDEX one_champion ON champions (forecast) WHERE until IS NULL;
CREATE INDEX champions_of_version ON champions (forecast, version);

CREATE TRIGGER champions_without_gaps BEFORE INSERT ON champions
WHEN NEW.number <> 1 + (SELECT ifnull(max(number), 0) FROM champions WHERE forecast = NEW.forecast)
BEGIN
  SELECT RAISE(ABORT, 'overtaken: the champion has changed since');
END;
