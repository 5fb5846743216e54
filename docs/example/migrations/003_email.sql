ALTER TABLE users RENAME COLUMN mail TO email;
CREATE UNIQUE INDEX users_email ON users (lower(email)) WHERE email <> '';
