-- How long a call took, in microseconds: from when its request was there until this row was written. 0: not measured.
ALTER TABLE exchange_call ADD COLUMN took_us {int} NOT NULL DEFAULT 0;
