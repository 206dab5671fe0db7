-- Facts of which the newest publication that states them says that they do not exist, such as a purchase that failed.
CREATE TABLE retractions (
  feed TEXT NOT NULL,
  period TEXT NOT NULL,
  series_id INTEGER NOT NULL REFERENCES series (id),
  variable TEXT NOT NULL,
  ingest_id INTEGER NOT NULL REFERENCES ingests (id),
  PRIMARY KEY (feed, period, series_id, variable)
) STRICT, WITHOUT ROWID;

-- All statements about one series, in any period.
CREATE INDEX retractions_by_series ON retractions (series_id);

-- A revision without a value: a retraction that a newer publication contradicts. SQLite cannot drop NOT NULL from a column.
CREATE TABLE revisions_with_retractions (
  feed TEXT NOT NULL,
  period TEXT NOT NULL,
  series_id INTEGER NOT NULL REFERENCES series (id),
  variable TEXT NOT NULL,
  value REAL,
  ingest_id INTEGER NOT NULL REFERENCES ingests (id),
  superseded_by INTEGER NOT NULL REFERENCES ingests (id),
  PRIMARY KEY (feed, period, series_id, variable, ingest_id, superseded_by)
) STRICT, WITHOUT ROWID;

INSERT INTO revisions_with_retractions (feed, period, series_id, variable, value, ingest_id, superseded_by)
SELECT feed, period, series_id, variable, value, ingest_id, superseded_by FROM revisions;

DROP TABLE revisions;

ALTER TABLE revisions_with_retractions RENAME TO revisions;
