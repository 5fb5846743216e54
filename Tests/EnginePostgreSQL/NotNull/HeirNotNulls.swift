extension NotNullCase {
  /// Tables below others.
  static let heirs = [
    NotNullCase(
      "inherited, with its own, and both",
      "create table p (a int not null, b int, c int constraint cc not null)",
      """
      create table i () inherits (p);
      create table o (z int, constraint ob not null b) inherits (p);
      create table m (a int constraint ma not null) inherits (p)
      """,
      "alter table p alter b set not null", "alter table p rename to q",
      "alter table q rename a to aa", "alter table q rename constraint cc to ccc",
      "alter table i rename to j", "create table l (like m including all)"),
    NotNullCase(
      "of a table that becomes an heir, and is none any more",
      "create table p (a int not null, b int); create table i (a int constraint ia not null, b int)",
      "alter table i inherit p", "alter table p alter b set not null",
      "alter table i no inherit p", "alter table i rename to j"),
    NotNullCase(
      "of a local column of an heir, from its parent alone",
      "create table p (a int, b int); create table i (a int, b int) inherits (p)",
      "alter table p alter a set not null", "alter table i alter a set not null",
      "alter table p alter a drop not null", "alter table p rename to q"),
    NotNullCase(
      "from two parents",
      "create table p (a int not null); create table q (a int constraint qa not null, b int)",
      "create table i () inherits (p, q)", "create table j (b int not null) inherits (q, p)",
      "alter table p alter a drop not null", "alter table q rename to r"),
    NotNullCase(
      "from a second parent that got it later, under another name",
      "create table p (a int); create table q (a int constraint qa not null)",
      "create table i () inherits (p, q)", "alter table p alter a set not null",
      "alter table i rename to j"),
    NotNullCase(
      "NOT VALID, before and after what is below its table",
      "create table p (a int); create table early () inherits (p); create table grand () inherits (early)",
      "create table own (a int, constraint mine not null a) inherits (p)",
      """
      create table pending () inherits (p);
      alter table pending add constraint mine not null a not valid
      """,
      "insert into early values (null); alter table p add constraint n not null a not valid",
      "create table late () inherits (p); create table lategrand () inherits (early)",
      "alter table p rename to q", "alter table q rename a to b"),
    NotNullCase(
      "NOT VALID, and valid in an heir",
      "create table p (a int); create table i () inherits (p); create table g () inherits (i)",
      "alter table p add constraint n not null a not valid",
      "alter table g validate constraint n", "alter table i validate constraint n",
      "alter table p validate constraint n", "alter table p rename a to b"),
    NotNullCase(
      "NOT VALID from one parent, and valid from another",
      """
      create table p (a int); create table q (a int not null);
      create table i () inherits (p, q); create table j () inherits (q, p)
      """,
      "alter table p add constraint n not null a not valid", "alter table q rename to r"),
    NotNullCase(
      "NO INHERIT, above an heir that has none and one that has its own",
      "create table p (a int not null no inherit, b int)",
      "create table i () inherits (p); create table j (a int not null no inherit) inherits (p)",
      "alter table i alter a set not null", "alter table p rename to q",
      "alter table i alter a drop not null"),
    NotNullCase(
      "of a parent's key, over two steps",
      "create table p (id int primary key, x text)",
      "create table i (y int not null) inherits (p); create table g () inherits (i)",
      "alter table p drop constraint p_pkey", "alter table p alter id drop not null",
      "alter table g alter id set not null", "alter table i rename to h"),
    NotNullCase(
      "with comments on what is inherited",
      "create table p (a int not null, b int); create table i () inherits (p)",
      "comment on constraint p_a_not_null on i is 'the heir''s'",
      "alter table p add constraint n not null b not valid",
      "comment on constraint n on i is 'not yet'", "alter table i validate constraint n",
      "alter table p rename to q"),
    NotNullCase(
      "of an heir whose parent lets it go alone",
      "create table p (a int constraint pa not null); create table i () inherits (p)",
      "alter table only p drop constraint pa", "alter table i rename constraint pa to ia"),
  ]

  /// Partitions and what they are of.
  static let partitions = [
    NotNullCase(
      "of partitions that are made as such",
      "create table p (a int not null, b int constraint bb not null, c int) partition by list (a)",
      "create table p1 partition of p for values in (1); create table p2 partition of p (c not null) default",
      "alter table p rename to q", "alter table q rename b to bbb", "alter table p1 rename to q1",
      "alter table q rename constraint bb to mine", "alter table q alter c set not null"),
    NotNullCase(
      "of partitions that are attached and detached",
      "create table p (a int not null, b int) partition by range (a)",
      "create table p1 (b int, a int constraint mine not null); insert into p1 values (null, 5)",
      "alter table p attach partition p1 for values from (0) to (10)",
      "create table p2 (like p including all); alter table p attach partition p2 default",
      "alter table p detach partition p1", "alter table p detach partition p2",
      "alter table p1 rename a to aa", "alter table p2 rename to p3"),
    NotNullCase(
      "of keys over two levels of partitions",
      "create table p (a int, b int not null, primary key (a, b)) partition by range (a)",
      """
      create table q partition of p for values from (0) to (10) partition by list (b);
      create table q1 partition of q for values in (1); create table r partition of p default
      """,
      "alter table p rename a to id", "alter table q rename to other",
      "alter table p detach partition other", "alter table other rename b to bb"),
    NotNullCase(
      "NOT VALID, with partitions from before and after",
      "create table p (a int, b int) partition by list (a)",
      """
      create table p1 partition of p for values in (1); insert into p values (1, null);
      create table p2 (a int, b int); alter table p2 add constraint mine not null b not valid;
      create table p3 (a int, b int constraint third not null)
      """,
      "alter table p attach partition p2 for values in (2)",
      "alter table p attach partition p3 for values in (3)",
      "alter table p add constraint pb not null b not valid",
      "create table p4 partition of p for values in (4)",
      "alter table p2 validate constraint mine", "alter table p rename to q",
      "alter table q rename b to \"B\"", "alter table q detach partition p1"),
    NotNullCase(
      "of an identity column, with comments on both levels",
      "create table p (a int not null, i int generated always as identity) partition by list (a)",
      "create table p1 partition of p for values in (1)",
      """
      comment on constraint p_a_not_null on p is 'above';
      comment on constraint p_a_not_null on p1 is 'below'
      """, "alter table p rename to q", "alter table q rename a to b"),
    NotNullCase(
      "with a name of its own in a partition that is made as such",
      "create table p (a int primary key, b int) partition by list (a)",
      "create table p1 partition of p (constraint mine not null a, constraint bb not null b) default",
      "alter table p alter b set not null", "alter table p rename to q",
      "alter table q detach partition p1"),
  ]
}
