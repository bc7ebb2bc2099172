-- What is cleared away of it each minute is found, not looked for.
CREATE INDEX exchange_shown_gone ON exchange_shown (at) WHERE gone <> 0;
CREATE INDEX exchange_shown_row ON exchange_shown (row_id);
