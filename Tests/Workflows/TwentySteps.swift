import Importers

/// Twenty migrations of a small shop as people write them, in each tool's own form.
enum TwentySteps {
  struct Step {
    var name: String
    var up: String
    var down: String
    /// Whether a semicolon stands within a statement.
    var isCompound = false
  }

  static let all: [Step] = [
    Step(
      name: "create_users",
      up: """
        CREATE TABLE users (
          id INTEGER PRIMARY KEY AUTOINCREMENT,
          email TEXT NOT NULL COLLATE NOCASE,
          created_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP
        );
        CREATE UNIQUE INDEX users_email_idx ON users (email);
        """, down: "DROP TABLE users;"),
    Step(
      name: "create_roles",
      up: """
        CREATE TABLE IF NOT EXISTS roles (id INTEGER PRIMARY KEY, name VARCHAR(50) NOT NULL UNIQUE);
        INSERT INTO roles (id, name) VALUES (1, 'admin'), (2, 'user; plain'), (3, 'O''Brien');
        """, down: "DROP TABLE roles;"),
    Step(
      name: "create_user_roles",
      up: """
        -- Who may do what.
        CREATE TABLE user_roles (
          user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
          role_id INTEGER NOT NULL REFERENCES roles (id) ON DELETE CASCADE,
          PRIMARY KEY (user_id, role_id)
        ) WITHOUT ROWID;
        INSERT INTO users (email, created_at) VALUES ('root@example.org', '2024-01-01 00:00:00');
        INSERT INTO user_roles VALUES (1, 1);
        """, down: "DROP TABLE user_roles;"),
    Step(
      name: "add_name_to_users", up: "ALTER TABLE users ADD COLUMN name TEXT;",
      down: "ALTER TABLE users DROP COLUMN name;"),
    Step(
      name: "create_posts",
      up: """
        CREATE TABLE posts (
          id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL, title TEXT NOT NULL DEFAULT '',
          body TEXT, views INTEGER NOT NULL DEFAULT 0 CHECK (views >= 0),
          FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
        );
        INSERT INTO posts (id, user_id, title) VALUES (1, 1, 'Hello'), (2, 1, 'World');
        """, down: "DROP TABLE posts;"),
    Step(
      name: "index_posts", up: "CREATE INDEX posts_user_idx ON posts (user_id, title DESC);",
      down: "DROP INDEX posts_user_idx;"),
    Step(
      name: "count_views",
      up: """
        CREATE TRIGGER posts_views AFTER UPDATE ON posts
        BEGIN
          UPDATE posts SET views = views + 1 WHERE id = new.id;
        END;
        """, down: "DROP TRIGGER posts_views;", isCompound: true),
    Step(
      name: "create_authors_view",
      up:
        "CREATE VIEW authors AS SELECT DISTINCT u.id, u.email FROM users u JOIN posts p ON p.user_id = u.id;",
      down: "DROP VIEW authors;"),
    Step(
      name: "rename_body", up: "ALTER TABLE posts RENAME COLUMN body TO content;",
      down: "ALTER TABLE posts RENAME COLUMN content TO body;"),
    Step(
      name: "only_one_name",
      up: "CREATE UNIQUE INDEX users_name_idx ON users (lower(name)) WHERE name IS NOT NULL;",
      down: "DROP INDEX users_name_idx;"),
    Step(
      name: "redefine_roles",
      up: """
        PRAGMA foreign_keys=OFF;
        CREATE TABLE "new_roles" ("id" INTEGER NOT NULL PRIMARY KEY, "name" TEXT NOT NULL);
        INSERT INTO "new_roles" ("id", "name") SELECT "id", "name" FROM "roles";
        DROP TABLE "roles";
        ALTER TABLE "new_roles" RENAME TO "roles";
        PRAGMA foreign_keys=ON;
        """, down: "SELECT 1;"),
    Step(
      name: "create_settings",
      up: """
        CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT);
        INSERT INTO settings VALUES ('theme', '{"dark": true}'), ('mail', '-- no comment');
        """, down: "DROP TABLE settings;"),
    Step(
      name: "fill_names", up: "UPDATE users SET name = 'Root' WHERE email = 'root@example.org';",
      down: "UPDATE users SET name = NULL;"),
    Step(
      name: "create_tags", up: "CREATE TABLE tags (id INTEGER PRIMARY KEY, label TEXT NOT NULL);",
      down: "DROP TABLE tags;"),
    Step(
      name: "tag_posts",
      up:
        "CREATE TABLE post_tags (post_id INTEGER REFERENCES posts, tag_id INTEGER REFERENCES tags);",
      down: "DROP TABLE post_tags;"),
    Step(
      name: "add_slug",
      up: "ALTER TABLE posts ADD COLUMN slug TEXT GENERATED ALWAYS AS (lower(title)) VIRTUAL;",
      down: "ALTER TABLE posts DROP COLUMN slug;"),
    Step(
      name: "drop_theme", up: "DELETE FROM settings WHERE key = 'theme';", down: "SELECT 1;"),
    Step(
      name: "reindex_posts",
      up: "DROP INDEX posts_user_idx;\nCREATE INDEX posts_title_idx ON posts (title);",
      down: "DROP INDEX posts_title_idx;"),
    Step(
      name: "log_roles",
      up: """
        CREATE TABLE role_log (role_id INTEGER, at TEXT DEFAULT (datetime('now')));
        CREATE TRIGGER roles_log AFTER INSERT ON roles WHEN new.id > 100
        BEGIN
          INSERT INTO role_log (role_id) VALUES (new.id); -- a note
        END;
        """, down: "DROP TABLE role_log;", isCompound: true),
    Step(
      name: "more_tags", up: "INSERT INTO tags (label) SELECT title FROM posts ORDER BY id;",
      down: "DELETE FROM tags;"),
  ]

  /// The version of step `number`, from 1 on, as the layout's users write versions.
  static func version(_ number: Int, _ layout: SQLLayout) -> String {
    let two = number < 10 ? "0\(number)" : "\(number)"
    return switch layout {
    case .dbmate, .sqlx, .prisma: "202401\(two)120000"
    case .goose: "000\(two)"
    case .golangMigrate: "0000\(two)"
    case .diesel: "2024-01-\(two)-120000"
    case .flyway: "1.\(number)"
    case .plain: "0\(two)"
    }
  }

  /// The files of step `number` by their paths.
  static func files(_ number: Int, _ layout: SQLLayout) -> [String: String] {
    let step = all[number - 1]
    let stem = "\(version(number, layout))_\(step.name)"
    switch layout {
    case .dbmate:
      return ["\(stem).sql": "-- migrate:up\n\(step.up)\n\n-- migrate:down\n\(step.down)\n"]
    case .goose:
      let up =
        step.isCompound
        ? "-- +goose StatementBegin\n\(step.up)\n-- +goose StatementEnd" : step.up
      return ["\(stem).sql": "-- +goose Up\n\(up)\n\n-- +goose Down\n\(step.down)\n"]
    case .golangMigrate, .sqlx:
      return ["\(stem).up.sql": step.up + "\n", "\(stem).down.sql": step.down + "\n"]
    case .diesel:
      var files = ["\(stem)/up.sql": step.up + "\n", "\(stem)/down.sql": step.down + "\n"]
      if step.isCompound { files["\(stem)/metadata.toml"] = "run_in_transaction = true\n" }
      return files
    case .prisma:
      return [
        "\(stem)/migration.sql": step.up + "\n", "migration_lock.toml": "provider = \"sqlite\"\n",
      ]
    case .flyway:
      let folder = number <= 5 ? "2023/" : ""
      let path = "\(folder)V\(version(number, layout))__\(step.name).sql"
      return [path: step.up + "\n"]
    case .plain: return ["\(stem).sql": step.up + "\n", "\(stem).down.sql": step.down + "\n"]
    }
  }
}
