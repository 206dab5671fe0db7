-- The newest online history of each forecast: what KV `history:<forecast>` has to hold.
CREATE TABLE histories (
  forecast TEXT PRIMARY KEY,
  number INTEGER NOT NULL CHECK (number >= 1),          -- grows with every change of the text
  sha256 TEXT NOT NULL CHECK (length(sha256) = 64),     -- of the text in KV
  made_from TEXT NOT NULL CHECK (length(made_from) = 64), -- hash of what the forecast reads and of the partitions that were read
  made_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TRIGGER histories_never_go_back BEFORE UPDATE ON histories WHEN NEW.number < OLD.number BEGIN SELECT RAISE(ABORT, 'overtaken: a newer history of this forecast exists'); END;
