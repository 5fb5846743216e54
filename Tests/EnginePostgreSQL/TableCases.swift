import Testing

/// One database that a baseline must make again.
struct BaselineCase: CustomTestStringConvertible {
  let testDescription: String
  let script: String

  init(_ description: String, _ script: String) {
    testDescription = description
    self.script = script
  }
}

/// Databases whose tables are hard to make again.
enum TableCases {
  static let all = [
    BaselineCase(
      "Functions that take a table's rows, in its own default, check and index",
      #"""
      create function fx() returns int language sql as 'select 1';
      create table t (a int);
      create function ft(t) returns int language sql immutable as 'select 1';
      alter table t alter a set default fx();
      alter table t add constraint c check (ft(t) > 0);
      create index on t (ft(t));
      create function cnt() returns bigint language sql begin atomic select count(*) from t; end;
      create table u (x bigint default cnt(), y bigint);
      insert into t values (1),(2);
      """#),
    BaselineCase(
      "Heirs of several parents, with and without the parents' defaults",
      #"""
      create table p (a int default 1 not null, b int default 2, c text collate "C" default 'x');
      create table q (b int, d int default 7);
      create table k (e int) inherits (p, q);
      alter table k alter a drop default;
      alter table k alter d set default 8;
      alter table k alter c set storage external;
      alter table k alter c set compression pglz;
      create table k2 (a int not null default 1, zz int) inherits (p);
      alter table p add constraint pc check (a > 0);
      alter table k2 add constraint k2c check (zz > 0);
      create table k3 () inherits (k);
      alter table only p add constraint pno check (b > 0) no inherit;
      insert into k values (1,2,'x',3,4);
      insert into p values (5,6,'y');
      """#),
    BaselineCase(
      "An heir that was a table of its own",
      #"""
      create table p (a int check (a > 0));
      create table k (a int, constraint p_a_check check (a > 0));
      alter table k inherit p;
      create table p2 (g int generated always as (1) stored, h int);
      create table k2 () inherits (p2);
      alter table k2 alter h set not null;
      """#),
    BaselineCase(
      "Two constraints with the same index, of which one CREATE TABLE would make but one",
      #"""
      create table t (a int primary key, b int, c int4range);
      alter table t add constraint t_a_key unique (a);
      alter table t add constraint t_b_one unique (b);
      alter table t add constraint t_b_two unique (b);
      alter table t add constraint t_b_a unique (b, a);
      alter table t add constraint t_c_one exclude using gist (c with &&);
      alter table t add constraint t_c_two exclude using gist (c with &&);
      """#),
    BaselineCase(
      "A foreign key whose partitions' keys would take another one's name",
      #"""
      create table p (id text primary key) partition by list (id);
      create table p1 partition of p for values in ('1');
      create table p2 partition of p for values in ('2');
      create table nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn (b_ref text references p1);
      alter table nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn add foreign key (b_ref) references p match full;
      """#),
    BaselineCase(
      "A partition without its parent's default, made after it and named before it",
      #"""
      create table z (k text, i integer default 0) partition by range (k);
      create table y partition of z for values from ('1') to ('2') partition by hash (k);
      alter table y alter i drop default;
      create table x partition of y for values with (modulus 4, remainder 1);
      """#),
    BaselineCase(
      "A domain without the default of the one below it",
      #"""
      create domain a as numeric(10, 2) default 1;
      create domain b as a; alter domain b drop default;
      create domain c as b default 3 check (value > 0);
      create domain d as c; alter domain d drop default;
      """#),
    BaselineCase(
      "Tables of a type",
      #"""
      create type ct as (a int, b text, c int);
      create table tt of ct (primary key (a), b not null default 'q', c with options default 8);
      alter table tt alter b set storage external;
      insert into tt values (1,'x');
      """#),
    BaselineCase(
      "Tables without columns, unlogged ones, odd names",
      #"""
      create table z ();
      insert into z default values;
      insert into z default values;
      create table g (a int generated always as (5) stored);
      insert into g default values;
      create unlogged table ul (id serial);
      create schema "a.b";
      create table "a.b"."x" ();
      """#),
    BaselineCase(
      "Partitions with columns of another order, their own defaults, keys in both directions",
      #"""
      create table p (id bigint generated always as identity, k int, v text default 'a' check (v <>
        '')) partition by list (k);
      create table p1 partition of p (v default 'zz', check (k < 100)) for values in (1,2);
      create table p2 (k int, id bigint not null, v text default 'a', extra_gone int, constraint
        p_v_check check (v <> ''));
      alter table p2 drop column extra_gone;
      alter table p attach partition p2 for values in (3,4);
      create unique index pu on p (k, id);
      create index only_i on only p (v);
      create table pd partition of p default;
      create table parent (id int primary key);
      alter table p add constraint pfk foreign key (k) references parent;
      alter table p1 add constraint p1u unique (id);
      insert into parent values (1),(3),(9);
      insert into p (k, v) values (1,'q'),(3,'r'),(9,'s');
      """#),
    BaselineCase(
      "Partitions by expressions, and of partitions",
      #"""
      create table r (a int, b int, c text) partition by range (a, (b+1));
      create table r1 partition of r for values from (minvalue, minvalue) to (10, 20) partition by
        hash (c);
      create table r1a partition of r1 for values with (modulus 1, remainder 0);
      create index on r (c, (a + b));
      """#),
    BaselineCase(
      "Triggers and indexes of partitions in another state than their parent's",
      #"""
      create function tf() returns trigger language plpgsql as 'begin return new; end';
      create table p (id int, k text, primary key (id, k)) partition by range (id);
      create table p1 partition of p for values from (1) to (10);
      create table p2 partition of p for values from (10) to (20) partition by list (k);
      create table p2a partition of p2 for values in ('a');
      create trigger tr after insert on p for each row execute function tf();
      create trigger tr2 before insert on p for each row execute function tf();
      alter table p1 disable trigger tr;
      alter table p disable trigger tr2;
      alter table only p2 enable always trigger tr;
      alter table p1 enable replica trigger tr2;
      create table fr (id int, k text, foreign key (id, k) references p, x int);
      create index pk on p (k);
      alter index p1_k_idx rename to other;
      comment on index other is 'oi';
      create view v as select id, k from p group by id, k;
      alter table p replica identity full;
      alter table p1 replica identity using index p1_pkey;
      """#),
    BaselineCase(
      "Foreign keys in a circle, to itself, to an index, not valid",
      #"""
      create table a (id int primary key, b_id int, self int references a);
      create table b (id int primary key, a_id int references a deferrable initially deferred);
      alter table a add constraint abf foreign key (b_id) references b match full on update set null
        on delete set default;
      create table c (x int, y int);
      create unique index cu on c (x, y) include (y);
      create unique index cx on c (y);
      create table d (x int, y int, foreign key (x, y) references c (x, y) on delete set null (y));
      alter table d add constraint nv foreign key (y) references c(y) not valid;
      insert into a values (1,null,1);
      insert into b values (2, 1);
      update a set b_id=2;
      """#),
    BaselineCase(
      "Sequences that two tables use, that have no owner, that stand somewhere",
      #"""
      create table a (id serial, z int);
      create table b (id int default nextval('a_id_seq'), x int default nextval('a_id_seq') + 1);
      create sequence s1 start 7 increment 3 minvalue 5 maxvalue 100 cycle cache 4;
      select nextval('s1');
      create unlogged sequence us;
      insert into a(z) values (1),(2);
      create table i (id int generated by default as identity (sequence name iseq start 5));
      insert into i default values;
      alter sequence s1 owned by a.z;
      create sequence s2;
      select setval('s2', 99, false);
      """#),
    BaselineCase(
      "Indexes of every form",
      #"""
      create table t (id int, b text, primary key (id) with (fillfactor=50), unique (b) include (id)
        );
      create index i1 on t using hash (b);
      create index i2 on t (b collate "C" text_pattern_ops desc nulls first) include (id) with
        (deduplicate_items=off) where id > 3;
      create unique index i3 on t (lower(b)) nulls not distinct;
      alter table t alter b set not null;
      alter table t cluster on t_pkey;
      alter index i3 alter column 1 set statistics 77;
      create index i4 on t using gin (to_tsvector('english'::regconfig, b));
      create index i5 on t using brin (id) with (pages_per_range=4);
      comment on index t_pkey is 'pkx';
      comment on constraint t_pkey on t is 'pkc';
      alter table t replica identity using index t_pkey;
      """#),
    BaselineCase(
      "Exclusion constraints",
      #"""
      create extension btree_gist schema pg_catalog;
      create extension citext with schema public;
      create table t (a int, r int4range, exclude using gist (a with =, r with &&) where (a > 0)
        deferrable);
      create table u (c citext primary key default 'x');
      """#),
    BaselineCase(
      "Arrays of strings, cast by the server",
      #"""
      create table t (a varchar(5), b varchar(5)[], c char(4), d name, e text, f "char", g bpchar,
        check (a in ('x','y,z','q]''r')), check (b <@ array['a','b']::varchar[]), check (c in
        ('a','b')), check (d in ('n1','n2')), check (f in ('a','b')), check (a::text like any
        (array['a','b'])), check (e = any ('{a,b}'::text[])), check (a not in ('p', 'q') or e in
        ('r','s')), check (a::char(3) in ('a','b')), check ((a || 'x') in ('ax','bx')));
      create view v as select * from t where a in ('x','y') and c in ('a','b') and not (d in ('n'));
      create index on t (a) where a in ('x','y');
      create policy p on t using (a in ('u','v'));
      create table t2 (a varchar default upper('q'), check (case when a in ('x', 'y') then true end));
      """#),
    BaselineCase(
      "Options of tables and views",
      #"""
      create table t (a text, b text) with (fillfactor=40, autovacuum_enabled=off,
        toast.autovacuum_enabled=off, toast.vacuum_truncate=false, parallel_workers=2,
        user_catalog_table=true);
      create view v with (security_barrier=true) as select * from t with local check option;
      create table u (like t including all);
      create table w as select 1 as a, 'x'::text as b;
      """#),
    BaselineCase(
      "Rows of many types, and those that a trigger or a check would refuse",
      #"""
      create table t (id int generated always as identity primary key, t text, b bytea, j jsonb, d
        double precision, ts timestamptz, n numeric, a text[], iv interval, g text generated always
        as (t || 'x') stored, bo bool, u uuid, x xml, c char(5), bi bit(3), r int4range, dt date, ti
        time, m money);
      insert into t (t,b,j,d,ts,n,a,iv,bo,u,x,c,bi,r,dt,ti,m) values
        (E'tab\t nl\n cr\r bs\\ q'' \\. \\N','\x00ff','{"a":"\\n"}','NaN','infinity','1e-20',array['a,b',null,'"q"'],'-1 day +02:03',true,gen_random_uuid(),'<a>&amp;</a>','x','101','[1,3)','-infinity','23:59:60','12.5');
      insert into t (t,d,n) select 'row '||i, i/3.0, i from generate_series(1,1200) i;
      create table kv (k text primary key, v text);
      insert into kv values ('', null), ('\N', ''), ('\.', e'\b\f\v');
      create function bad() returns trigger language plpgsql as 'begin raise exception ''no''; end';
      create trigger bt before insert on kv for each row execute function bad();
      create table chk (a int);
      insert into chk values (-1);
      alter table chk add constraint nv check (a > 0) not valid;
      """#),
    BaselineCase(
      "Names with quotes, dots, commas and lines",
      #"""
      create schema "a.b";
      create schema "q""x, y";
      create table "a.b"."t,1" ("c.d" int primary key default 4, "e, f" text check ("e, f" <> ''),
        "column" int);
      create table "q""x, y"."kid, 2" (z int) inherits ("a.b"."t,1");
      create index "I x" on "a.b"."t,1" ("e, f");
      comment on column "a.b"."t,1"."c.d" is E'l1\nl2 ''q'' \\';
      create type "a.b"."E ""n" as enum ('it''s', 'b\c', '');
      create table "q""x, y".u (e "a.b"."E ""n" default 'it''s');
      create function "a.b"."F n"("p q" "a.b"."E ""n") returns int language sql as 'select 1';
      comment on function "a.b"."F n" is 'fn';
      create trigger "tr g" before insert on "q""x, y".u for each row execute function
        suppress_redundant_updates_trigger();
      comment on trigger "tr g" on "q""x, y".u is 't';
      insert into "a.b"."t,1" values (1, 'a', 2);
      create table "select" ("from" int, "user" text, ünï int);
      create view "table" as select * from "select";
      create table "a.b".ser (id serial, "i.d" bigserial);
      insert into "a.b".ser default values;
      """#),
  ]
}
