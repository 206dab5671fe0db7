-- Messages of predictions whose inputs were counted, so that a message that is delivered twice counts once although not all of
-- its rows are stored. Deleted after a week, longer than a queue stores a message.
CREATE TABLE prediction_messages (
  answer TEXT NOT NULL CHECK (length(answer) = 32),
  part INTEGER NOT NULL CHECK (part >= 0),
  at TEXT NOT NULL,
  PRIMARY KEY (answer, part)
) STRICT;

CREATE INDEX prediction_messages_oldest ON prediction_messages (at);
