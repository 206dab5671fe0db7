-- Size and SHA-256 of the files of the track record, NULL for files of earlier versions.
ALTER TABLE reports ADD COLUMN predictions_bytes INTEGER CHECK (predictions_bytes >= 1);
ALTER TABLE reports ADD COLUMN predictions_sha256 TEXT CHECK (length(predictions_sha256) = 64);
ALTER TABLE scored ADD COLUMN bytes INTEGER CHECK (bytes >= 0); -- 0 if the newest values left nothing to score, so that there is no file
ALTER TABLE scored ADD COLUMN sha256 TEXT CHECK (length(sha256) = 64);
