-- Counts the tries of a step that ended without an outcome: their process ended, or they exceeded the time limit. A step that
-- does this several times fails its flow, so that a publication that ends the process is not read again at every start.
ALTER TABLE flow_steps ADD COLUMN interrupted INTEGER NOT NULL DEFAULT 0 CHECK (interrupted >= 0);
