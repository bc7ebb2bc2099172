-- The page of changes that is on its way to a consumer's place, sealed, with its proof: sent again it is the same.
ALTER TABLE exchange_cursor ADD COLUMN page {bytes};
