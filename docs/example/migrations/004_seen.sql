ALTER TABLE users ADD COLUMN seen_at TEXT;
CREATE TRIGGER users_seen AFTER UPDATE OF role ON users BEGIN
  UPDATE users SET seen_at = datetime('now') WHERE id = new.id;
END;
