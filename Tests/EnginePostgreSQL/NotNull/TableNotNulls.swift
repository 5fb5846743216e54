extension NotNullCase {
  /// One table and its columns.
  static let tables = [
    NotNullCase(
      "plain", "create table t (a int not null)", then: .renames(table: "t", column: "a")),
    NotNullCase(
      "with a name", "create table t (a int constraint \"an A\" not null, b int)",
      then: .renames(table: "t", column: "a")),
    NotNullCase(
      "as a table's constraint", "create table t (a int, b text, constraint n not null b)",
      then: .renames(table: "t", column: "b")),
    NotNullCase(
      "of a primary key, which goes and leaves it",
      "create table t (a int primary key, b text, c int, unique (b, c))",
      "alter table t drop constraint t_pkey", then: .renames(table: "t", column: "a")),
    NotNullCase(
      "of a primary key of two columns that comes late",
      "create table t (a int, b int constraint bb not null); insert into t values (1, 2)",
      "alter table t add primary key (a, b)", then: .renames(table: "t", column: "a")),
    NotNullCase(
      "of an identity and of a serial column",
      "create table t (a int generated always as identity, b serial, c bigserial primary key)",
      "alter table t alter a drop identity, alter b drop not null",
      then: .renames(table: "t", column: "c")),
    NotNullCase(
      "of columns that get it, lose it, and get it again",
      "create table t (a int, b int not null)",
      "alter table t alter a set not null, alter b drop not null",
      "alter table t rename constraint t_a_not_null to mine",
      "alter table t alter a drop not null, alter b set not null",
      "alter table t add constraint again not null a", then: .renames(table: "t", column: "b")),
    NotNullCase(
      "with NO INHERIT, and as one that is inherited then",
      "create table t (a int not null no inherit, b int, constraint x not null b no inherit)",
      "alter table t alter constraint x inherit", then: .renames(table: "t", column: "a")),
    NotNullCase(
      "that is NOT VALID, among rows that have NULL",
      "create table t (a int, b int); insert into t values (null, 1), (2, null)",
      "alter table t add constraint later not null a not valid",
      "alter table t add not null b not valid",
      then: .renames(table: "t", column: "a")),
    NotNullCase(
      "that is NOT VALID, and validated",
      "create table t (a int, b int)",
      "alter table t add constraint a1 not null a not valid, add constraint b1 not null b not valid",
      "alter table t validate constraint a1", "alter table t alter b set not null",
      then: .renames(table: "t", column: "b")),
    NotNullCase(
      "that is NOT VALID with NO INHERIT",
      "create table t (a int)", "alter table t add constraint a1 not null a no inherit not valid",
      then: .renames(table: "t", column: "a")),
    NotNullCase(
      "with a comment, which changes and goes",
      "create table t (a int not null, b int)",
      "comment on constraint t_a_not_null on t is 'it''s needed'",
      "alter table t add constraint v not null b not valid; comment on constraint v on t is 'new'",
      "comment on constraint t_a_not_null on t is null; comment on constraint v on t is 'newer'",
      then: .renames(table: "t", column: "b")),
    NotNullCase(
      "under the name that another table's would have",
      "create table t (a int not null)", "alter table t rename to u",
      "create table t (a int not null)",
      "create table z (a int constraint zz_a_not_null not null); create table zz (a int)",
      "alter table zz alter a set not null",
      "alter table zz rename constraint zz_a_not_null1 to zz_a_not_null"),
    NotNullCase(
      "under the name that another column's would have",
      "create table t (a int constraint t_b_not_null not null, b int not null)",
      "alter table t drop column a", "alter table t add a int constraint t_c_not_null not null",
      then: .renames(table: "t", column: "b")),
    NotNullCase(
      "beside a CHECK with the name that it would have",
      "create table t (a int, constraint t_a_not_null check (a is not null))",
      "alter table t alter a set not null", then: .renames(table: "t", column: "a")),
    NotNullCase(
      "of names that are too long together",
      """
      create table verylongtablename_verylongtablename_verylongtablename_12345 (
      verylongcolumnname_verylongcolumnname_verylongcolumnname_12 int not null,
      verylongcolumnname_verylongcolumnname_verylongcolumnname_13 int not null,
      "é_é_é_é_é_é_é_é_é_é_é_é_é_é_é_é" int not null)
      """,
      "alter table verylongtablename_verylongtablename_verylongtablename_12345 rename to t"),
    NotNullCase(
      "of names with quotes and blanks",
      "create table \"T \"\"t\" (\"a b\" int not null, c int constraint \"C, \"\"c\" not null)",
      "alter table \"T \"\"t\" rename \"a b\" to \"'\"", "alter table \"T \"\"t\" rename to t"),
    NotNullCase(
      "of a typed table",
      "create type ty as (a int, b text, c int)",
      "create table t of ty (a not null, b with options constraint bb not null)",
      "alter table t add constraint cc not null c not valid",
      "alter table t rename to u", "alter type ty rename attribute b to \"B\" cascade"),
    NotNullCase(
      "of generated columns, with defaults and collations",
      """
      create table t (a int not null default 1, g int generated always as (a * 2) stored
      constraint gg not null, c text collate "C" constraint cc not null default 'x')
      """, then: .renames(table: "t", column: "c")),
    NotNullCase(
      "of a table that is rebuilt under its name",
      "create table t (a int not null, b text constraint bb not null)",
      "create table new (like t including all); drop table t; alter table new rename to t",
      "create table t2 as select * from t; alter table t2 alter b set not null",
      then: .renames(table: "t", column: "b")),
    NotNullCase(
      "of a column that gets another type, and an unlogged table in another schema",
      "create schema s; create unlogged table s.t (a int not null, b int constraint bb not null)",
      "alter table s.t alter a type bigint, alter b type text using b::text",
      "alter table s.t set schema public", "alter table t set logged",
      then: .renames(table: "t", column: "b")),
    NotNullCase(
      "beside keys and a foreign key that use the column",
      """
      create table p (id int constraint pid not null, primary key (id));
      create table t (a int constraint aa not null references p, b int not null unique);
      create view v as select id, count(*) from p group by id
      """, "alter table p rename id to key", then: .renames(table: "t", column: "a")),
  ]
}
