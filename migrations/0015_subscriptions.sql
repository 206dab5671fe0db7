-- Addresses that receive a signed message for each new report.
CREATE TABLE subscriptions (
  id TEXT NOT NULL PRIMARY KEY,
  url TEXT NOT NULL UNIQUE,
  secret TEXT NOT NULL, -- signs the messages, so it cannot be stored as a hash
  forecasts TEXT CHECK (json_type(forecasts) = 'array'), -- ids; NULL for every forecast
  base TEXT NOT NULL, -- the address of this service, for links in messages
  who TEXT NOT NULL,
  created_at TEXT NOT NULL,
  disabled_at TEXT,
  disabled_reason TEXT,
  CHECK ((disabled_at IS NULL) = (disabled_reason IS NULL))
) STRICT, WITHOUT ROWID;

-- Messages to subscribers. A row is written before its message is sent, so a crash loses none. The key makes a second message
-- about the same report to the same subscriber impossible.
CREATE TABLE outbox (
  id TEXT NOT NULL PRIMARY KEY, -- <report>:<subscriber>
  report TEXT NOT NULL, -- <forecast>:<origin>
  subscriber TEXT NOT NULL,
  body TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'sent', 'failed')),
  tries INTEGER NOT NULL CHECK (tries >= 0),
  due_at TEXT, -- of the next try; during a try, when it counts as lost
  status INTEGER, -- of the last answer
  reason TEXT, -- why the last try failed
  created_at TEXT NOT NULL,
  tried_at TEXT,
  ended_at TEXT,
  CHECK ((state = 'waiting') = (due_at IS NOT NULL)),
  CHECK ((state = 'waiting') = (ended_at IS NULL))
) STRICT; -- with rowid: a body has about a kilobyte and would spill out of an index's pages

CREATE INDEX outbox_due ON outbox (due_at) WHERE state = 'waiting';
CREATE INDEX outbox_by_subscriber ON outbox (subscriber, created_at);
CREATE INDEX outbox_ended ON outbox (ended_at) WHERE ended_at IS NOT NULL;
