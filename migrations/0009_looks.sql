-- Looks at the test window of a forecast. A look is one test of the contenders of a training; it is recorded also if the champion stays. A
-- test needs periods that no look has used, or changed data (docs/GATE.md).
CREATE TABLE looks (
  forecast TEXT NOT NULL,
  number INTEGER NOT NULL CHECK (number > 0),
  key TEXT NOT NULL, -- the training: its run, or the version of an imported model
  from_period TEXT NOT NULL,
  to_period TEXT NOT NULL CHECK (to_period >= from_period),
  halvings INTEGER NOT NULL CHECK (halvings >= 0),
  facts TEXT, -- SHA-256 of the facts that it read; NULL for looks of earlier versions
  ingest_id INTEGER NOT NULL CHECK (ingest_id >= 0), -- the newest ingest that it could read; 0 for none
  at TEXT NOT NULL,
  PRIMARY KEY (forecast, number),
  UNIQUE (forecast, key)
) STRICT, WITHOUT ROWID;

-- Earlier gates recorded the last period that they used.
INSERT INTO looks (forecast, number, key, from_period, to_period, halvings, facts, ingest_id, at)
SELECT forecast, row_number() OVER (PARTITION BY forecast ORDER BY id), key, min(from_period, to_period), to_period, 0, NULL,
  (SELECT coalesce(max(i.id), 0) FROM ingests i WHERE i.arrived_at <= decided_at), decided_at
FROM (
  SELECT g.forecast, min(g.id) AS id, coalesce(m.run, g.version) AS key, min(m.test_from) AS from_period,
    max(g.used_through) AS to_period, min(g.decided_at) AS decided_at
  FROM gates g JOIN models m ON m.forecast = g.forecast AND m.version = g.version
  WHERE g.used_through IS NOT NULL
  GROUP BY g.forecast, coalesce(m.run, g.version)
);
