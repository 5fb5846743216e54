/// Databases that random histories came upon.
enum RareCases {
  static let all = [
    BaselineCase(
      "CHECKs that are not valid, made before and after what is below their table",
      #"""
      create table p (a int);
      create table early () inherits (p);
      create table grand () inherits (early);
      create table own (a int, constraint c check (a > 0) not valid) inherits (p);
      alter table p add constraint c check (a > 0) not valid;
      create table late () inherits (p);
      create table lategrand () inherits (early);
      create table q (a int) partition by list (a);
      create table q1 partition of q for values in (1);
      alter table q add constraint c check (a > 0) not valid;
      create table q2 partition of q for values in (2);
      """#),
    BaselineCase(
      "Heirs that do not store a column as their parent does, and say something of its CHECK",
      #"""
      create type e as enum ('x');
      create domain d as text default 'y';
      create table p (a text check (a <> ''), b e, c d, n numeric, t text[]);
      create table kid () inherits (p);
      alter table only p alter a set compression pglz, alter a set storage external;
      alter table only p alter c set storage main, alter n set storage plain, alter t set storage plain;
      comment on constraint p_a_check on kid is 'inherited';
      """#),
    BaselineCase(
      "An heir of two parents that one of them freed of NOT NULL",
      #"""
      create table p (a int not null, b int);
      create table q (a int not null);
      create table kid () inherits (p, q);
      create table grand () inherits (kid);
      alter table p alter a drop not null;
      """#),
    BaselineCase(
      "A sequence and types of one name, a publication of a table with heirs, rows without columns",
      #"""
      create sequence e;
      create type e as enum ('a');
      create sequence d;
      create domain d as int;
      create sequence "r s";
      create type "r s" as range (subtype = int);
      create table p (a int);
      create table kid () inherits (p);
      create publication pub for table only p;
      create table z (a int);
      insert into z values (1), (2);
      alter table z drop column a;
      """#),
  ]
}
