-- Publications are ranked by the day that the publisher states and by their arrival, no longer by the last period that they reach.
-- The range in the name of an air quality file is not a day of publication.
UPDATE ingests SET published_on = NULL
WHERE raw_key GLOB '*_[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9].json';

UPDATE ingests SET rank = min(ifnull(published_on, substr(arrived_at, 1, 10)), substr(arrived_at, 1, 10)) || ' ' || arrived_at;

-- When the facts of an ingest were written, and when a person withdrew it.
ALTER TABLE ingests ADD COLUMN accepted_at TEXT;
ALTER TABLE ingests ADD COLUMN withdrawn_at TEXT;

UPDATE ingests SET accepted_at = arrived_at
WHERE flow_id IN (SELECT id FROM flow_runs WHERE kind = 'ingest' AND state = 'done');
