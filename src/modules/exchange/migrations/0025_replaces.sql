-- A request that takes the place of a permit on which nobody had decided: earlier versions granted what the platform asks
-- for its own forms by themselves. The job "exchange.confirm" files it.
ALTER TABLE share_permit ADD COLUMN replaces {int} NOT NULL DEFAULT 0;
CREATE INDEX share_permit_replaces ON share_permit (replaces) WHERE replaces <> 0;
