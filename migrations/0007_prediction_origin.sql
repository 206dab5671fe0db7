-- Who asked for a prediction: a caller, the daily report for all series, or a probe. Only callers are traffic, so only their
-- rows are counted in input_hours. Every row that was stored before came from a caller.
ALTER TABLE predictions ADD COLUMN origin TEXT NOT NULL DEFAULT 'caller' CHECK (origin IN ('caller', 'report', 'probe'));
