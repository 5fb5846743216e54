-- # Unique keys and indexes to which NULLs are equal
-- renames t.a
create table t (a int, b text, constraint k unique nulls not distinct (a, b));
create unique index t_i on t (b) nulls not distinct where a > 0;

-- # A foreign key that empties but one of its columns
-- renames child.parent_id
create table parent (tenant int, id int, primary key (tenant, id));
create table child (tenant int, parent_id int, foreign key (tenant, parent_id) references parent on delete set null (parent_id));

-- # A view that reads as whoever asks it
-- renames t.a
create table t (a int);
create view v with (security_invoker = true, security_barrier = true) as select a from t;

-- # A publication of a schema, and of some rows and columns of a table
-- renames s.t.a
create schema s;
create table s.t (a int primary key, b text, c int);
create table u (a int primary key, b text);
create publication p for tables in schema s, table u where (a > 5);
create publication q for table s.t (a, b);

-- # MERGE in a function whose body is parsed
-- renames t.n
create table t (id int primary key, n int);
create table s (id int, n int);
create function sync() returns void language sql begin atomic
  merge into t using s on t.id = s.id when matched then update set n = s.n
    when not matched then insert (id, n) values (s.id, s.n);
end;

-- # A sequence without a log
-- renames q
create unlogged sequence q start 5;
create unlogged table u (id bigint generated always as identity);

-- # Tables, columns, partitions and indexes whose names are words of later versions
-- renames json.json_value
create table json (json_value int, "system_user" text, merge_action int) partition by range (json_value);
create table json_table partition of json for values from (1) to (10);
create index json_scalar on json ("system_user");
create table json_object (a int unique);
create table json_exists () inherits (json_object);
create table json_query (json_array int references json_object (a), id int generated always as identity);
create sequence json_arrayagg owned by json_query.json_array;

-- # An heir of a table whose name is a word of later versions, without that one's default
-- renames json_value.a
create table json_value (a int default 1, b text, c int not null);
alter table json_value alter b set storage external;
create table k (a int default 2, d int) inherits (json_value);
alter table k alter a drop default;
alter table k alter b set storage main;
create table "system_user" (a int) partition by list (a);
create table aa partition of "system_user" for values in (1);
create index merge_action on "system_user" (a);
create table json_scalar (a int, check (a > 0)) inherits (json_value);

-- # Keys of partitioned tables with options of their indexes
-- renames p.a
create table p (a int, "b)(" int, c int, constraint k primary key (a, "b)(") include (c) with (fillfactor = 70)) partition by list (a);
create table p1 partition of p for values in (1) partition by list ("b)(");
create table p11 partition of p1 default;
create table p2 (a int not null, "b)(" int not null, c int, constraint own primary key (a, "b)(") include (c) with (fillfactor = 90));
alter table p attach partition p2 default;
create index i on p (c) with (fillfactor = 60);
alter table p add constraint u unique nulls not distinct (a, "b)(") with (fillfactor = 50, deduplicate_items = off) deferrable;
