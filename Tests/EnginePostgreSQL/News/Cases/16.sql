-- # Storage and compression said in CREATE TABLE
-- renames t.a
create table t (a text storage external compression pglz, b text storage plain, c int[] storage main, d text storage default compression default);

-- # Storage back to the type's own
-- renames t.a
create table t (a text, b numeric);
alter table t alter a set storage external, alter b set storage plain;
-- next
alter table t alter a set storage default;

-- # IS JSON in CHECKs, defaults and partial indexes
-- renames t.a
create table t (a text check (a is json), b text check (b is json object with unique keys), c bytea constraint j check (c is not json array), d bool default ('1' is json scalar));
create index on t (a) where a is json value;

-- # IS JSON in a view and a policy
-- renames t.a
create table t (a text, b jsonb);
create view v as select a, a is json as j, b is json object as o from t where a is json array;
alter table t enable row level security;
create policy p on t using (a is json);

-- # JSON_OBJECT and JSON_ARRAY in a view
-- renames t.a
create table t (a int, b text);
create view v as select json_object('a' : a, 'b' value b absent on null with unique keys returning jsonb) as o, json_array(a, b null on null returning text) as l from t;

-- # JSON_ARRAYAGG and JSON_OBJECTAGG in a view
-- renames t.a
create table t (a int, b text);
create view v as select b, json_arrayagg(a order by a desc absent on null returning jsonb) filter (where a > 0) as l, json_objectagg(b : a null on null with unique keys) as o from t group by b;

-- # JSON_ARRAY of a query, in a materialized view
-- renames t.a
create table t (a int);
insert into t values (2), (1);
create materialized view m as select json_array(select a from t order by a) as l;
create unique index on m ((l::text));

-- # A column computed by an SQL/JSON constructor
-- renames t.a
create table t (a int, b text, o json generated always as (json_object('a' : a)) stored, l jsonb generated always as (json_array(a, 2 returning jsonb)) stored);

-- # SQL/JSON in a routine whose body is parsed
-- renames t.a
create table t (a int, b text);
create function f() returns setof json language sql stable begin atomic select json_object((a::text) value b) from t where b is json; end;

-- # Numbers by other bases and with underscores
-- renames t.a
create table t (a int default 0xFF, b bigint default 1_000_000 check (b > 0b101 and b < 0o777_777_777), c numeric default 1_0.5_0);
create index on t ((a + 0x10));

-- # An heir's column that is computed otherwise than its parent's
-- renames p.g
create table p (a int, g int generated always as (a * 2) stored);
create table k (g int generated always as (a * 3) stored) inherits (p);
create table k2 () inherits (p);
-- next
alter table k add x int;
alter table p alter column g drop expression;

-- # A partition's column that is computed otherwise than its parent's
-- renames p.a
create table p (a int, g int generated always as (a * 2) stored) partition by list (a);
create table p1 partition of p (g generated always as (a * 3) stored) for values in (1);
create table p2 partition of p for values in (2);
create table p3 (a int, g int generated always as (a * 4) stored);
alter table p attach partition p3 default;
insert into p values (1), (2), (3);

-- # ANY_VALUE in a view
-- renames t.a
create table t (a int, b int);
create view v as select b, any_value(a) as a from t group by b;

-- # A subquery in FROM without a name
-- renames t.a
create table t (a int);
create view v as select * from (select a, a + 1 as b from t where a > 1);

-- # Names of a query's table that only the server makes
-- renames t.a
create table t (a int);
create view v as select x.a, z.a as b from t x, (values (1)), (select a from t) z;

-- # The system user in a default, a view and a policy
-- renames t.a
create table t (a text default system_user, b int);
create view v as select system_user as who, b from t;
alter table t enable row level security;
create policy p on t using (a = system_user);

-- # Statistics without a name
-- renames t.a
create table t (a int, b int, c text);
create statistics on a, b from t;
create statistics (ndistinct) on (lower(c)), a from t;

-- # Predefined roles as grantees
-- renames t.a
create table t (a int);
grant select on t to pg_use_reserved_connections with grant option;
grant insert (a) on t to pg_create_subscription;

-- # Membership with its own options
create role news_member;
grant r1 to news_member with inherit false, set true;
create table t (a int);
grant select on t to news_member;
alter table t owner to r1;
-- next
revoke r1 from news_member;
drop owned by news_member;
drop role news_member;

-- # Rules of order are asked of an input function
-- renames t.a
create table t (a text check (pg_input_is_valid(a, 'integer')), b text default (pg_input_error_info('x', 'integer')).message);

-- # Arithmetic that came with 16
-- renames t.a
create table t (a float8 check (erf(a) < 1), b float8 generated always as (erfc(a)) stored, c float8 default random_normal(0, 1));
create index on t (erf(a));
create table u (t timestamptz, n timestamptz, constraint c check (n = date_add(t, '1 day'::interval, 'UTC')), d timestamptz generated always as (date_subtract(t, '1 day'::interval, 'UTC')) stored);

-- # Samples and shuffles as defaults
-- renames t.a
create table t (a int[] default array_shuffle(array[1, 2, 3]), b int[] default array_sample(array[1, 2, 3], 2));
insert into t (a) values ('{1}');

-- # XML with an indent
-- needs select xmlserialize(content '<x/>'::xml as text)
-- renames t.a
create table t (a int);
create view v as select a, xmlserialize(content '<x><y/></x>'::xml as text indent) as x, xmlserialize(document '<x/>'::xml as text no indent) as y from t;

-- # COPY with defaults in a function's text
-- renames t.a
create table t (a int, b int default 7);
create function load() returns void language plpgsql as $$ begin execute 'copy t from program ''true'' with (default ''\D'')'; end $$;

-- # A routine's settings of 16
create function f() returns int language sql set createrole_self_grant to 'set, inherit' set vacuum_buffer_usage_limit to '1MB' set enable_presorted_aggregate to off as 'select 1';
-- next
alter function f() reset vacuum_buffer_usage_limit;

-- # Settings of a role and a database are nobody's object
create table t (a int);
alter role r1 set scram_iterations = 5000;
do $$ begin execute format('alter database %I set debug_parallel_query = off', current_database()); end $$;
alter role r1 reset scram_iterations;

-- # A trigger that fires when a foreign table is emptied, here a local one
-- renames t.a
create table t (a int);
create function tf() returns trigger language plpgsql as 'begin return null; end';
create trigger tr before truncate on t execute function tf();

-- # Multiranges and polymorphic aggregates
-- renames t.a
create table t (a int4range, b int);
create view v as select range_agg(m) as r, range_intersect_agg(m) as i from (select range_agg(a) as m from t group by b);

-- # Names that are words since 16
-- renames json_array."system_user"
create table json_array ("system_user" int, json_object int, json_arrayagg int) partition by list ("system_user");
create table json_objectagg partition of json_array default;
create index json_object on json_array (json_object);
create view json_arrayagg as select "system_user", json_object from json_array;

-- # Partitions by bounds that hold NULL, and keys that are not distinct from it
-- renames p.a
create table p (a int, b int, constraint k unique nulls not distinct (a, b)) partition by list (a);
create table p1 partition of p for values in (null, 1);
create index on p (b) include (a);

-- # A publication that sends by the root, and one of a schema beside tables of it
-- renames p.a
create table p (a int primary key) partition by range (a);
create table p1 partition of p for values from (0) to (9);
create publication pub for table p where (a > 1) with (publish = 'insert, update', publish_via_partition_root = true);
alter publication pub add tables in schema public;

-- # Subscriptions with options of 16
-- leaves out subscription
-- needs load 'libpqwalreceiver'
create table t (a int primary key);
do $$ begin execute format('create subscription news_%s connection ''dbname=nowhere'' publication p with (connect = false, slot_name = none, origin = none, password_required = false, run_as_owner = true, streaming = parallel)', pg_backend_pid()); end $$;
-- next
do $$ begin execute (select format('drop subscription %I', subname) from pg_subscription where subdbid = (select oid from pg_database where datname = current_database()) limit 1); end $$;

-- # Security labels of owners: a view over a table with rights of two roles
-- renames t.a
create table t (a int, b int);
create view v as select a from t;
alter view v owner to r1;
grant select (a), references (b) on t to r1 with grant option;
grant update (a) on v to "R 2";
