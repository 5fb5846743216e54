import SchemaModel

/// A small history of a blog: every kind of change that gets lost when histories are truncated by
/// hand is in it.
enum DemoSQLHistory {
  struct Migration {
    var name: String
    var author: String
    var date: String
    var sql: String
  }

  private static let ada = "Ada <ada@example.org>"
  private static let ben = "Ben <ben@example.org>"

  static let migrations = [
    Migration(
      name: "001_people.sql", author: ada, date: "2024-01-08T09:00:00Z",
      sql: """
        CREATE TABLE people (
          id INTEGER PRIMARY KEY AUTOINCREMENT,
          name TEXT NOT NULL COLLATE NOCASE,
          mail TEXT
        );
        """),
    Migration(
      name: "002_posts.sql", author: ben, date: "2024-01-15T10:30:00Z",
      sql: """
        CREATE TABLE posts (
          id INTEGER PRIMARY KEY,
          author_id INTEGER NOT NULL REFERENCES people (id) ON DELETE CASCADE,
          title TEXT NOT NULL,
          body TEXT NOT NULL DEFAULT '',
          state TEXT NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'live'))
        );
        CREATE INDEX posts_author ON posts (author_id);
        """),
    Migration(
      name: "003_mail_is_email.sql", author: ada, date: "2024-02-02T08:15:00Z",
      sql: """
        ALTER TABLE people RENAME COLUMN mail TO email;
        CREATE UNIQUE INDEX people_email ON people (lower(email)) WHERE email IS NOT NULL;
        """),
    Migration(
      name: "004_articles.sql", author: ben, date: "2024-02-20T14:00:00Z",
      sql: """
        ALTER TABLE posts RENAME TO articles;
        ALTER TABLE articles ADD COLUMN changed_at TEXT;
        """),
    Migration(
      name: "005_changed_at.sql", author: ada, date: "2024-03-04T11:45:00Z",
      sql: """
        CREATE TRIGGER articles_changed AFTER UPDATE ON articles BEGIN
          UPDATE articles SET changed_at = datetime('now') WHERE id = new.id;
        END;
        """),
    Migration(
      name: "006_topics.sql", author: ada, date: "2024-03-18T16:20:00Z",
      sql: """
        CREATE TABLE topics (name TEXT PRIMARY KEY, rank INTEGER NOT NULL) WITHOUT ROWID;
        INSERT INTO topics VALUES ('news', 1), ('howto', 2), ('opinion', 3);
        """),
    Migration(
      name: "007_article_topic.sql", author: ben, date: "2024-04-09T09:10:00Z",
      sql: """
        ALTER TABLE articles ADD COLUMN topic TEXT REFERENCES topics (name);
        CREATE VIEW live_articles AS
          SELECT a.id, a.title, p.name AS author FROM articles a
          JOIN people p ON p.id = a.author_id WHERE a.state = 'live';
        """),
    Migration(
      name: "008_summary.sql", author: ada, date: "2024-05-01T12:00:00Z",
      sql: """
        ALTER TABLE articles ADD COLUMN summary TEXT;
        CREATE INDEX articles_live ON articles (changed_at DESC) WHERE state = 'live';
        """),
  ]
}
