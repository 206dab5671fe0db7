-- Whether the file of an arrival states that its data is synthetic. Reports and lists show it.
ALTER TABLE ingests ADD COLUMN synthetic INTEGER NOT NULL DEFAULT 0 CHECK (synthetic IN (0, 1));

-- Few feeds have any, and every report asks.
CREATE INDEX ingests_synthetic ON ingests (feed) WHERE synthetic = 1;
