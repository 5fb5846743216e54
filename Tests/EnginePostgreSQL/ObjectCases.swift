/// Databases whose other objects are hard to make again.
enum ObjectCases {
  static let all = [
    BaselineCase(
      "Domains with checks that old values need not meet, domains over domains",
      #"""
      create domain d as int;
      alter domain d add constraint dc check (value>0) not valid;
      comment on constraint dc on domain d is 'x';
      create domain d2 as d check (value < 100) default 5;
      create table t (a d2, b d2[], c d default 3);
      insert into t values (4, '{1,2}', 7);
      """#),
    BaselineCase(
      "Schema public with other privileges and comment",
      #"""
      create schema x;
      revoke all on schema public from public;
      grant usage on schema public to r1 with grant option;
      comment on schema public is 'mine';
      """#),
    BaselineCase(
      "Schema public of another owner, without comment",
      #"""
      alter schema public owner to r1;
      comment on schema public is null;
      """#),
    BaselineCase(
      "No schema public",
      #"""
      drop schema public;
      create schema other;
      create table other.t (id int);
      """#),
    BaselineCase(
      "Schema public made anew",
      #"""
      drop schema public;
      create schema public;
      create table public.t (id int primary key);
      """#),
    BaselineCase(
      "Privileges in every order, handed on, taken from the owner",
      #"""
      create table t (a int, b int);
      grant select on t to r1 with grant option;
      set role r1;
      grant select on t to "R 2";
      reset role;
      grant insert on t to public;
      revoke select on t from current_user;
      grant update (a), select (b) on t to r1 with grant option;
      create table t2 (a int);
      revoke all on t2 from current_user;
      create function f() returns int language sql as 'select 1';
      revoke all on function f() from public;
      grant all on function f() to r1;
      grant all on function f() to public;
      create procedure pr() language sql as '';
      revoke all on procedure pr() from public;
      create type ty as enum ('a');
      revoke all on type ty from public, current_user;
      create sequence s;
      grant select, update on s to r1;
      create view v as select a from t;
      grant select (a) on v to r1;
      create schema sc;
      grant create on schema sc to "R 2";
      alter schema sc owner to r1;
      alter table t2 owner to r1;
      grant select on t2 to r1;
      grant select on t2 to current_user;
      create aggregate ag(int) (sfunc=int4pl, stype=int);
      revoke all on function ag(int) from public;
      grant select on t to "we,ird=/q""" with grant option;
      """#),
    BaselineCase(
      "Default privileges",
      #"""
      create schema sc;
      alter default privileges grant select on tables to r1 with grant option;
      alter default privileges revoke all on types from public;
      alter default privileges for role r1 in schema sc grant execute on functions to "R 2";
      alter default privileges for role r1 revoke all on functions from public;
      alter default privileges grant usage on schemas to public;
      alter default privileges in schema sc grant usage on sequences to public;
      create table sc.t (i int);
      alter default privileges revoke insert on tables from current_user;
      """#),
    BaselineCase(
      "Materialized views with indexes, settings and another owner",
      #"""
      create table t (a int, b text);
      insert into t values (1,'x');
      create materialized view m with (fillfactor=60) as select a, b from t;
      create unique index mi on m (a);
      alter materialized view m cluster on mi;
      alter materialized view m alter b set storage external;
      alter materialized view m alter b set statistics 33;
      comment on column m.a is 'ma';
      create materialized view m2 as select count(*) c from m;
      create index on m2 (c);
      refresh materialized view m;
      alter materialized view m owner to r1;
      grant select on t to r1;
      """#),
    BaselineCase(
      "Rules that need a constraint",
      #"""
      create table t (id int, v text, constraint tu unique (id));
      create view w as select * from t;
      create rule r as on insert to w do instead insert into t values (new.id, new.v) on conflict on
        constraint tu do update set v = excluded.v;
      create rule r2 as on update to w do instead update t set v = new.v where id = old.id;
      comment on rule r on w is 'rr';
      create rule r3 as on delete to w do instead delete from t where t.id = old.id returning t.*;
      """#),
    BaselineCase(
      "Event triggers and publications",
      #"""
      create function evf() returns event_trigger language plpgsql as 'begin end';
      create event trigger e1 on sql_drop execute function evf();
      alter event trigger e1 disable;
      create event trigger e2 on ddl_command_start when tag in ('CREATE TABLE','DROP TABLE') execute
        function evf();
      alter event trigger e2 enable replica;
      comment on event trigger e1 is 'ee';
      create publication pa for all tables;
      create publication pe;
      alter publication pe owner to current_user;
      comment on publication pa is 'pp';
      create table t (a int);
      create publication pt for table only t with (publish_via_partition_root = true, publish = '');
      alter event trigger e2 enable always;
      """#),
    BaselineCase(
      "Operators and casts",
      #"""
      create function plus1(int) returns int language sql immutable as 'select $1+1';
      create operator !+ (rightarg=int, function=plus1);
      create operator === (leftarg=int, rightarg=int, function=int4eq, commutator = ===, negator =
        !==, hashes, merges, restrict=eqsel, join=eqjoinsel);
      create operator !== (leftarg=int, rightarg=int, function=int4ne, negator = ===);
      comment on operator === (int,int) is 'oo';
      comment on operator !+ (none, int) is 'pre';
      create type pt as (a int);
      create function pt2i(pt) returns int language sql as 'select ($1).a';
      create cast (pt as int) with function pt2i(pt) as implicit;
      comment on cast (pt as int) is 'cc';
      create table t (a int check (a === 5), b int);
      create index on t (a) where a !== 3;
      alter operator === (int,int) owner to r1;
      """#),
    BaselineCase(
      "Aggregates and window functions",
      #"""
      create function st(int, int) returns int language sql immutable as 'select coalesce($1,0)+$2';
      create function fin(int) returns text language sql immutable as 'select $1::text';
      create aggregate a1(int) (sfunc=st, stype=int, finalfunc=fin, initcond='5',
        combinefunc=int4pl, parallel=safe);
      create function st0(int) returns int language sql as 'select 1';
      create aggregate a0(*) (sfunc=st0, stype=int);
      create function w() returns int language internal window as 'window_row_number';
      create aggregate mx(int) (sfunc=int4larger, stype=int, sortop = >);
      create aggregate ord(order by anyelement) (sfunc=ordered_set_transition, stype=internal,
        finalfunc=mode_final, finalfunc_extra);
      create view v as select a1(x) from generate_series(1,3) x;
      comment on aggregate a0(*) is 'star';
      comment on function w() is 'ww';
      alter aggregate a1(int) owner to r1;
      """#),
    BaselineCase(
      "Row types of views and tables, in each other",
      #"""
      create table t (id int primary key, v text);
      create view v1 as select id, v, count(*) over () from t;
      create function vf(v1) returns int language sql as 'select $1.id';
      create view v2 as select vf(v1) x from v1;
      create table holds (h v1, g v2[]);
      create type cc as (a v1, b t);
      create function cf(cc) returns setof v2 language sql as 'select * from v2';
      create recursive view rv (n) as values (1) union all select n+1 from rv where n < 5;
      create view vd as select * from t;
      alter view vd alter column v set default upper('x');
      create view vw with (security_invoker) as select distinct on (id) * from t order by id, v;
      """#),
    BaselineCase(
      "Functions whose bodies need each other",
      #"""
      create function a1() returns int language sql begin atomic select 1; end;
      create function a0() returns int language sql begin atomic select a1(); end;
      create function arr(text[] default (array['a'::varchar,'b'])::text[]) returns int language sql
        as $$ select 1 where 'a' = any ((array['a'::varchar])::text[]) $$;
      create function sb(x varchar) returns bool language sql begin atomic select x = any
        (array['a','b']); end;
      create table t (x varchar, y varchar[] default array['a','b'], z text[] default
        array['a'::varchar,'b'], w varchar );
      """#),
    BaselineCase(
      "Text search and collations",
      #"""
      create text search dictionary sn (template=snowball, language='english', stopwords='english');
      create text search configuration c1 (parser='default');
      alter text search configuration c1 add mapping for asciiword, word with sn, simple;
      comment on text search configuration c1 is 'cfg';
      comment on text search dictionary sn is 'dic';
      alter text search dictionary sn owner to r1;
      create collation cl from "C";
      create collation c2 (provider=icu, locale='de-u-co-phonebk', deterministic=true);
      comment on collation c2 is 'c2';
      create table t (x text collate c2 default ('a' collate "C"), y varchar(3) collate cl);
      """#),
    BaselineCase(
      "Range types with functions",
      #"""
      create type fr as range (subtype=float8, subtype_diff=float8mi, multirange_type_name=frm);
      create function tsd(time, time) returns float8 language sql immutable as 'select 1.0::float8';
      create type tr as range (subtype=time, subtype_diff=tsd);
      create table t (a fr, b frm, c tr[], d tr);
      """#),
    BaselineCase(
      "Row security",
      #"""
      create table t (a int, b text);
      alter table t enable row level security;
      alter table t force row level security;
      create policy p1 on t for insert with check (a > 0);
      create policy p2 on t as restrictive for update to public, r1 using (b = current_user) with
        check (true);
      create policy p3 on t for delete to current_user using (exists (select 1 from t t2 where t2.a
        = t.a));
      comment on policy p3 on t is 'p';
      insert into t values (1,'x');
      alter table t owner to r1;
      """#),
    BaselineCase(
      "Statistics",
      #"""
      create table t (a int, b int, c text);
      create statistics s1 (mcv) on a, b from t;
      create statistics s2 on (a+b), (lower(c)) from t;
      alter statistics s2 set statistics 0;
      create schema sx;
      create statistics sx.s3 on a, c from t;
      alter statistics sx.s3 owner to r1;
      comment on statistics sx.s3 is 's';
      alter table t alter a set statistics 0;
      alter table t alter b set (n_distinct = -0.5, n_distinct_inherited=3);
      """#),
    BaselineCase(
      "Privileges and comments of types, and of an identity column's sequence",
      #"""
      create type c as (a int, b text);
      comment on type c is 'ctype';
      alter type c owner to r1;
      revoke all on type c from public;
      create type r as range (subtype=int);
      grant usage on type r to r1;
      revoke usage on type r from public;
      create table t (id int generated always as identity, v c default row(1, 'x')::c);
      comment on sequence t_id_seq is 'ids';
      grant usage on sequence t_id_seq to r1;
      """#),
  ]
}
