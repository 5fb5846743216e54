extension NotNullCase {
  static let domains = [
    NotNullCase(
      "of a domain", "create domain d as int not null", "alter domain d rename to e",
      "create table t (a e)", "alter domain e drop not null", "alter domain e set not null"),
    NotNullCase(
      "of a domain, with a name",
      "create domain d as text collate \"C\" default 'x' constraint \"d's\" not null check (value <> '')",
      "alter domain d rename constraint \"d's\" to other", "alter domain d rename to e",
      "alter domain e set default 'y'", "create schema s; alter domain e set schema s"),
    NotNullCase(
      "of a domain that gets it with a name, and a comment",
      "create domain d as int", "alter domain d add constraint n not null",
      "comment on constraint n on domain d is 'it''s'", "alter domain d rename constraint n to m",
      "comment on constraint m on domain d is null", "alter domain d drop constraint m"),
    NotNullCase(
      "of a domain, beside a CHECK with the name that it would have",
      "create domain d as int constraint d_not_null check (value > 0) not null",
      "alter domain d drop constraint d_not_null", "create domain e as d not null"),
    NotNullCase(
      "of a domain, under the name that another's would have",
      "create domain d as int not null", "alter domain d rename to e",
      "create domain d as int not null",
      "create domain verylongdomainname_verylongdomainname_verylongdomainname_12345 as int not null"
    ),
  ]
}
