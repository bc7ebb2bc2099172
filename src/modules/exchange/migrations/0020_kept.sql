-- Of which call what is kept for a case came; 0: of another node, or of before this was kept.
ALTER TABLE exchange_elsewhere ADD COLUMN call {int} NOT NULL DEFAULT 0;
CREATE INDEX exchange_elsewhere_call ON exchange_elsewhere (call);
