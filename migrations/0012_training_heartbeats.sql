-- 1 for a training whose trainer sends heartbeats, so that it can be closed within the hour after the trainer was killed.
-- A trainer of an earlier version sends only trials, and its training is closed after a day.
ALTER TABLE training_runs ADD COLUMN sends_heartbeats INTEGER NOT NULL DEFAULT 0 CHECK (sends_heartbeats IN (0, 1));
