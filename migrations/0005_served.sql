-- The served.json files of each version. The newest number of a version is the one that its pointer names.
CREATE TABLE served (
  forecast TEXT NOT NULL,
  version TEXT NOT NULL,
  number INTEGER NOT NULL CHECK (number > 0),
  sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
  declaration TEXT NOT NULL CHECK (length(declaration) = 64), -- SHA-256 of the declaration that it was built from
  at TEXT NOT NULL,
  PRIMARY KEY (forecast, version, number),
  FOREIGN KEY (forecast, version) REFERENCES models (forecast, version)
) STRICT, WITHOUT ROWID;
