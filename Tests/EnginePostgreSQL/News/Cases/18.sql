-- # Columns that are computed when they are read
-- renames t.a
create table t (a int, b int generated always as (a * 2) virtual, c text generated always as (upper('x' || a)), d int generated always as (a + 1) stored);
insert into t values (1), (2);

-- # ... with CHECKs, collations, grants, comments and privileges
-- renames t.g
create table t (a text, g text collate "C" generated always as (lower(a)) virtual check (g <> 'x'));
comment on column t.g is 'small';
grant select (g) on t to r1;
create view v as select g from t where g > 'a';

-- # ... added to a table with rows, changed and freed of nothing
-- renames t.a
create table t (a int);
insert into t values (1);
-- next
alter table t add g int generated always as (a * 2) virtual;
-- next
alter table t alter g set expression as (a * 3);
-- next
alter table t add constraint c check (g < 100);
-- next
alter table t drop g cascade;

-- # ... in partitions and heirs
-- renames p.a
create table p (a int, g int generated always as (a * 2) virtual) partition by list (a);
create table p1 partition of p for values in (1);
create table p2 partition of p (g generated always as (a * 5) virtual) for values in (2);
create table p3 (g int generated always as (a * 7) virtual, a int);
alter table p attach partition p3 default;
create table h (a int, g int generated always as (a * 2) virtual);
create table k (b int) inherits (h);
create table k2 (g int generated always as (a * 9) virtual) inherits (h);
insert into k (a, b) values (1, 2);

-- # ... in triggers, policies and statistics of their table
-- renames t.g
create table t (a int, b int, g int generated always as (a * 2) virtual);
create function tf() returns trigger language plpgsql as 'begin return new; end';
create trigger tr after update on t for each row when (old.a is distinct from new.a) execute function tf();
alter table t enable row level security;
create policy p on t using (g > 0);
create table u (like t including all);
create table w (like t including generated);

-- # Keys over periods
-- renames t.valid
create table t (id int4range, valid daterange, v text, primary key (id, valid without overlaps));
create table u (id int4range, valid tstzmultirange, constraint k unique (id, valid without overlaps));
insert into t values ('[1,2)', '[2026-01-01,2026-02-01)', 'a');

-- # Foreign keys over periods
-- renames t.valid
create table t (id int4range, valid daterange, primary key (id, valid without overlaps));
create table c (id int4range, valid_at daterange, t_id int4range, constraint f foreign key (t_id, period valid_at) references t (id, period valid));
create table s (id int4range, valid daterange, parent int4range, primary key (id, valid without overlaps), foreign key (parent, period valid) references s);
comment on constraint f on c is 'for as long';

-- # ... deferred, added later, with rows, and renamed
-- renames c.t_id
create table t (id int4range, valid daterange);
alter table t add constraint k unique (id, valid without overlaps) deferrable initially deferred;
create table c (t_id int4range, valid daterange);
-- next
alter table t drop constraint k;
alter table t add constraint pk primary key (id, valid without overlaps);
insert into t values ('[1,2)', '[2026-01-01,2026-02-01)');
insert into c values ('[1,2)', '[2026-01-05,2026-01-09)');
-- next
alter table c add constraint f foreign key (t_id, period valid) references t (id, period valid) not valid;
-- next
alter table c validate constraint f;
alter table t rename constraint pk to "p k";

-- # ... of partitioned tables
-- renames t.valid
create table t (id int4range, valid daterange, primary key (id, valid without overlaps)) partition by list (id);
create table t1 partition of t for values in ('[1,2)');
create table t2 (id int4range not null, valid daterange not null);
alter table t attach partition t2 default;
create table c (t_id int4range, valid daterange, foreign key (t_id, period valid) references t) partition by list (t_id);
create table c1 partition of c default;

-- # ... with more in the index, as a replica identity and a cluster's order
-- renames t.id
create table t (id int4range not null, valid daterange not null, v int, constraint k unique (id, valid without overlaps) include (v) with (fillfactor = 80));
alter table t cluster on k;
comment on index k is 'gist';

-- # CHECKs that are not enforced
-- renames t.a
create table t (a int check (a > 0) not enforced, b int, constraint c check (b < a) no inherit not enforced, constraint e check (b > 0) enforced);
insert into t values (-1, 5);
comment on constraint c on t is 'some day';

-- # ... added to tables with rows, heirs and partitions
-- renames h.a
create table h (a int);
create table k () inherits (h);
insert into k values (-1);
alter table h add constraint c check (a > 0) not enforced;
create table k2 (constraint c check (a > 0) not enforced) inherits (h);
create table k3 (constraint c check (a > 0)) inherits (h);
create table p (a int, constraint c check (a > 0) not enforced) partition by list (a);
create table p1 partition of p default;
create table p2 (a int, constraint c check (a > 0));
alter table p attach partition p2 for values in (2);

-- # Foreign keys that are not enforced
-- renames c.a
create table t (a int primary key);
create table c (a int references t not enforced, b int, constraint f foreign key (b) references t on delete cascade deferrable not enforced);
insert into c values (5, 6);
-- next
alter table c add foreign key (b) references t not enforced;

-- # ... until somebody enforces them, and no more
-- renames c.a
create table t (a int primary key);
create table c (a int, constraint f foreign key (a) references t not enforced);
-- next
alter table c alter constraint f enforced;
-- next
alter table c alter constraint f not enforced;
-- next
alter table c alter constraint f deferrable initially deferred;

-- # Foreign keys of partitioned tables that are not enforced
-- renames c.a
create table t (a int primary key) partition by list (a);
create table t1 partition of t default;
create table c (a int, constraint f foreign key (a) references t not enforced) partition by list (a);
create table c1 partition of c default;
-- next
alter table c alter constraint f enforced;

-- # Foreign keys of partitioned tables that are not valid
-- renames c.a
create table t (a int primary key);
create table c (a int, b int) partition by list (a);
create table c1 partition of c for values in (1);
insert into c values (1, 5);
alter table c add constraint f foreign key (b) references t (a) not valid;
create table c2 partition of c default;
-- next
delete from c;
alter table c validate constraint f;

-- # ... with a partition that has validated its own, and one that brings it along
-- renames c.a
create table t (a int primary key);
create table c (a int, b int) partition by list (a);
create table c1 partition of c for values in (1);
alter table c add constraint f foreign key (b) references t (a) not valid;
alter table c1 validate constraint f;
create table c2 (a int, b int, constraint own foreign key (b) references t (a));
alter table c attach partition c2 default;

-- # A constraint that leaves the parent alone
-- renames p.a
create table p (a int, constraint c check (a > 0), constraint d check (a < 99)) partition by list (a);
create table p1 partition of p default;
-- next
alter table only p drop constraint c;

-- # Default privileges on large objects
alter default privileges grant select on large objects to r1;
alter default privileges grant update, select on large objects to "R 2" with grant option;
-- next
alter default privileges revoke select on large objects from r1;

-- # ... of another role, taken from the owner, to everybody
alter default privileges for role r1 grant all on large objects to public;
alter default privileges for role r1 revoke update on large objects from r1;

-- # The server's collation for all of Unicode
-- renames t.a
create collation uni (provider = builtin, locale = 'PG_UNICODE_FAST');
create table t (a text collate pg_unicode_fast, b text collate uni, c text generated always as (casefold(a)) stored);
create index on t (casefold(a));

-- # A publication of computed columns
-- renames t.g
create table t (a int primary key, g int generated always as (a * 2) stored);
create publication p for table t with (publish_generated_columns = stored);
create publication q for table t (a, g);
create publication n for all tables with (publish_generated_columns = none);
-- next
alter publication n set (publish_generated_columns = stored);
alter publication p set (publish_generated_columns = none);

-- # OLD and NEW in RETURNING, in a routine whose body is parsed
-- renames t.a
create table t (a int primary key, b int);
create function f() returns setof int language sql begin atomic update t set b = b + 1 returning new.b - old.b; end;
create function g() returns setof t language sql begin atomic insert into t values (1, 2) on conflict (a) do update set b = excluded.b returning with (old as o, new as n) coalesce(o.a, n.a), n.b; end;
create function h() returns table (act text, x int) language sql begin atomic merge into t using (values (1)) s (a) on t.a = s.a when matched then delete returning merge_action(), old.b; end;

-- # OLD and NEW in RETURNING of a rule
-- renames t.a
create table t (a int, b int);
create view v as select a, b from t;
create rule u as on update to v do instead update t set a = new.a where t.a = old.a returning new.a, old.b;
create rule d as on delete to v do instead delete from t where a = old.a returning with (old as was) was.a, was.b;

-- # Random identifiers that are sorted by time
-- renames t.id
create table t (id uuid default uuidv7() primary key, a uuid default uuidv4(), b uuid default uuidv7('-1 day'), at timestamptz generated always as (uuid_extract_timestamp(id)) stored);
insert into t (id, a, b) values ('01890a5d-ac96-774b-bcce-b302099a8057', null, null);

-- # Functions that came with 18
-- renames t.a
create table t (a int[], b bytea, j json, s int[] generated always as (array_reverse(array_sort(a))) virtual, c bigint generated always as (crc32c(b)) stored, r bytea generated always as (reverse(b)) stored, n json generated always as (json_strip_nulls(j, true)) stored, g float8 default gamma(5), l float8 default lgamma(3));
create index on t (array_sort(a, true));

-- # Bytes that are numbers
-- renames t.a
create table t (a int, b bytea generated always as (a::bytea) stored, c bytea check (c::int > 0));

-- # Rows with arrays and composites compared and sampled
-- renames t.a
create type pt as (x int, y int);
create table t (a pt, b bytea, check (a < row(5, 6)::pt));
create view v as select max((a).x) as m, min(b) as n from t;

-- # Options of tables that came with 18
-- renames t.a
create table t (a text) with (autovacuum_vacuum_max_threshold = 100000, vacuum_max_eager_freeze_failure_rate = 0.5, toast.autovacuum_vacuum_max_threshold = -1, vacuum_truncate = false);
-- next
alter table t reset (vacuum_max_eager_freeze_failure_rate);
alter table t set (autovacuum_vacuum_max_threshold = -1);

-- # A routine's settings of 18
create function f() returns int language sql set enable_self_join_elimination to off set enable_distinct_reordering to off set file_copy_method to 'copy' set extension_control_path to '$system' as 'select 1';
create procedure p() language plpgsql set vacuum_truncate to off set track_cost_delay_timing to off as 'begin end';

-- # Tables, checks and columns named by what are words of 18
-- renames virtual.enforced
create table virtual (enforced int check (enforced > 0) not enforced, period daterange, without int4range, objects int generated always as (enforced * 2) virtual, primary key (without, period without overlaps));
create table without (period daterange, "overlaps" int4range, foreign key ("overlaps", period period) references virtual);

-- # Foreign tables that look like others
-- leaves out foreign|server
create foreign data wrapper news_wrapper;
create server news_server foreign data wrapper news_wrapper;
create table t (a int default 5 check (a > 0), b text);
create foreign table ft (like t including all) server news_server;

-- # COPY with a limit of errors, in a function's text
create table t (a int);
create function load() returns void language plpgsql as $$ begin execute 'copy t from program ''true'' with (on_error ignore, reject_limit 5, log_verbosity silent)'; end $$;
create materialized view m as select a from t;
create function unload() returns void language plpgsql as $$ begin execute 'copy m to program ''true'''; end $$;

-- # A cursor's arguments by name, and what else plpgsql has learnt
create function f() returns int language plpgsql as $$ declare c cursor (n int) for select n; begin open c (n => 5); close c; return 1; end $$;

-- # Patterns over collations that do not tell letters apart, as far as this server can
-- renames t.a
create table t (a text check (a like 'a%' escape '!'), b text check (b similar to '(a|b)+'));
create index on t (a text_pattern_ops) where a ~* '^x';

-- # Subscriptions with options of 18
-- leaves out subscription
-- needs load 'libpqwalreceiver'
create table t (a int primary key);
do $$ begin execute format('create subscription news_%s connection ''dbname=nowhere'' publication p with (connect = false, slot_name = none, two_phase = true, failover = true)', pg_backend_pid()); end $$;
-- next
do $$ begin execute (select format('drop subscription %I', subname) from pg_subscription where subdbid = (select oid from pg_database where datname = current_database()) limit 1); end $$;

-- # Columns that are filled with a constant when a domain demands it
-- renames t.d
create domain d as int default 7 check (value > 0);
create table t (a int);
insert into t values (1);
-- next
alter table t add d d;

-- # Indexes of computed columns' sources and GIN, made in parallel
-- renames t.a
create table t (a int[], j jsonb);
create index on t using gin (a) with (fastupdate = off, gin_pending_list_limit = 64);
create index on t using gin (j jsonb_path_ops);
create index on t using brin (cardinality(a)) with (pages_per_range = 8, autosummarize = true);

-- # Constraints of partitions whose names are others than their parents'
-- renames p.a
create table p (a int, b int, constraint pk primary key (a), constraint x exclude using btree (a with =)) partition by list (a);
create table p1 (b int, a int not null, constraint own primary key (a), constraint mine exclude using btree (a with =));
alter table p attach partition p1 default;
-- next
alter table p1 rename constraint own to "own 2";

-- # A grant of what somebody else maintains
-- renames t.a
create table t (a int);
alter table t owner to r1;
grant maintain, truncate on t to pg_signal_autovacuum_worker with grant option;

-- # What is said of a partition's CHECK that is not enforced
-- renames q.a
create table q (a int) partition by list (a);
create table q1 partition of q for values in (1) partition by list (a);
create table q11 partition of q1 default;
alter table q add constraint c check (a > 0) not enforced;
comment on constraint c on q11 is 'far below';
comment on constraint c on q1 is 'below';
