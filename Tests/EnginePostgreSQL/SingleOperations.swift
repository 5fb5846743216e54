/// Changes that leave little trace where one would look for it: by cascade, by code, in pieces.
enum SingleOperations {
  /// What they are done to.
  static let setup: [String] = [
    #"""
    do
      $$ begin if not exists (select 1 from pg_roles where rolname='r9') then
        create role r9; end if; end $$;
    create schema s;
    create schema s2;
    create type s.e as enum('a','b');
    create domain s.dom as int check (value>0);
    create function s.f(int) returns int language sql immutable as 'select $1';
    create table s.t (id serial primary key, a int default s.f(1), b text, e s.e default 'a' check
      (e<>'b'), d s.dom, constraint ck check (s.f(a)>0), drp int);
    create table s.u (id int generated always as identity primary key, t_id int references s.t, b
      text);
    create index ti on s.t (s.f(a), lower(b)) where b is not null;
    create index ui on s.u(b);
    create view s.v as select id, a, b, e from s.t where e='a';
    create view s.v2 as select * from s.v;
    create materialized view s.mv as select b from s.t;
    create view s.vdrop as select drp from s.t;
    create view s.vj as select * from s.t join (select id, t_id from s.u) q using (id);
    create function s.tf() returns trigger language plpgsql as 'begin return new; end';
    create trigger tr before update of b on s.t for each row when (new.b is not null) execute
      function s.tf();
    create rule ru as on delete to s.u do also insert into s.u(b) values ('x');
    create function s.sqlb(s.t) returns s.e language sql begin atomic select ($1).e; end;
    alter table s.t enable row level security;
    create policy po on s.t using (b='x');
    create table s.p (id int, k text default 'x', constraint pk primary key (id)) partition by
      range (id);
    create table s.p1 partition of s.p for values from (1) to (10);
    create index pi on s.p(k);
    create table s.par (x int, y text);
    create table s.kid (z int) inherits (s.par);
    create statistics s.st on a, b from s.t;
    create publication pb for table s.t where (a>1);
    create sequence s.free;
    create table s.rt (r s.t, rs s.t[]);
    comment on table s.t is 'c';
    grant select on s.t to r9;
    create unlogged table s.ul (i int);
    """#
  ]

  static let first: [String] = [
    #"""
    alter table s.t rename column b to bb
    """#,
    #"""
    alter table s.t rename to tt
    """#,
    #"""
    alter function s.f(int) rename to ff
    """#,
    #"""
    alter type s.e rename value 'a' to 'aa'
    """#,
    #"""
    alter type s.e rename to ee
    """#,
    #"""
    alter type s.ee add value 'zz' before 'aa'
    """#,
    #"""
    alter schema s rename to sx
    """#,
    #"""
    alter schema sx rename to s
    """#,
    #"""
    alter table s.par add column w int
    """#,
    #"""
    alter table s.par rename column y to yy
    """#,
    #"""
    alter table s.p add column n int default 5
    """#,
    #"""
    alter table s.p rename column k to kk
    """#,
    #"""
    alter table s.p alter column kk set default 'q'
    """#,
    #"""
    create index on s.p(n)
    """#,
    #"""
    alter index s.ti rename to ti2
    """#,
    #"""
    alter table s.u rename constraint u_t_id_fkey to fk2
    """#,
    #"""
    alter table s.ul alter column i type bigint using i
    """#,
    #"""
    alter table s.tt drop column drp cascade
    """#,
    #"""
    comment on column s.tt.bb is 'z'
    """#,
    #"""
    comment on table s.tt is null
    """#,
    #"""
    grant insert(bb) on s.tt to r9
    """#,
    #"""
    revoke all on s.tt from r9
    """#,
    #"""
    alter default privileges in schema s grant select on tables to r9
    """#,
    #"""
    alter table s.u add column ser serial
    """#,
    #"""
    alter sequence s.free owned by s.u.b
    """#,
    #"""
    alter sequence s.free owned by none
    """#,
    #"""
    do
      $$ begin execute 'create table s.dyn (i int)';
        execute 'alter table s.u add column dynx int'; end $$
    """#,
    #"""
    create table s.ctas as select * from s.u
    """#,
    #"""
    select * into s.seli from s.u
    """#,
    #"""
    create extension hstore schema s
    """#,
    #"""
    drop extension hstore cascade
    """#,
    #"""
    create index concurrently uic on s.u(b)
    """#,
    #"""
    reindex index concurrently s.ui
    """#,
    #"""
    drop index concurrently s.uic
    """#,
    #"""
    drop type s.dom cascade
    """#,
    #"""
    alter table s.tt disable trigger tr
    """#,
    #"""
    alter table s.u cluster on ui
    """#,
    #"""
    alter table s.tt replica identity full
    """#,
    #"""
    alter table s.tt set (fillfactor=50)
    """#,
    #"""
    alter table s.ul set logged
    """#,
  ]

  static let second: [String] = [
    #"""
    alter table s.tt owner to r9
    """#,
    #"""
    create temp table tmpx (i int)
    """#,
    #"""
    drop table tmpx
    """#,
    #"""
    alter view s.v rename column a to av
    """#,
    #"""
    create or replace view s.v2 as select id, av as a, b, e, 1 as one from s.v
    """#,
    #"""
    drop view s.v cascade
    """#,
    #"""
    create function s.tf2() returns event_trigger language plpgsql as 'begin end'
    """#,
    #"""
    create event trigger et9 on ddl_command_end execute function s.tf2()
    """#,
    #"""
    create table s.p2 partition of s.p for values from (10) to (20)
    """#,
    #"""
    drop table s.p1
    """#,
    #"""
    alter table s.p detach partition s.p2
    """#,
    #"""
    update pg_class set reloptions='{fillfactor=60}' where relname='u'
    """#,
    #"""
    alter role r9 rename to r10
    """#,
    #"""
    alter role r10 rename to r9
    """#,
    #"""
    alter publication pb add table s.u
    """#,
    #"""
    alter publication pb drop table s.u
    """#,
    #"""
    alter table s.tt drop constraint ck
    """#,
    #"""
    alter table s.u alter column id set generated by default
    """#,
    #"""
    alter table s.u alter column id restart with 7
    """#,
    #"""
    alter table s.tt alter column bb set statistics 9
    """#,
    #"""
    alter table s.u validate constraint fk2
    """#,
    #"""
    set session_replication_role=replica;
    create table s.srr (i int);
    set session_replication_role=origin;
    """#,
    #"""
    create function s.newf() returns s.ee language sql as $$ select 'aa'::s.ee $$;
    alter function s.newf() owner to r9;
    """#,
    #"""
    alter policy po on s.tt using (bb='y')
    """#,
    #"""
    alter table s.tt no force row level security;
    alter table s.tt disable row level security;
    """#,
    #"""
    vacuum full s.u
    """#,
    #"""
    analyze s.u
    """#,
    #"""
    truncate s.u
    """#,
    #"""
    insert into s.par values (1,'x',2)
    """#,
    #"""
    alter table s.tt set schema s2
    """#,
    #"""
    reassign owned by r9 to current_user
    """#,
    #"""
    drop table s2.tt cascade
    """#,
    #"""
    drop schema s cascade
    """#,
  ]
}
