"""Keeps the SQL of a SQLite connection inside its file, as Strata's own engine does.

SQLite asks before each action of a statement; what it is asked of by its number is in sqlite3.h."""
from . import targets

OK, DENY = 0, 1
PRAGMA, READ, INSERT, UPDATE, DELETE, ATTACH, CREATE_VTABLE, FUNCTION = 19, 20, 18, 23, 9, 24, 29, 31
# Settings that mean nothing outside of the connection and its file. What SQLite does not know does
# nothing; what it knows beyond these is refused.
PRAGMAS = frozenset("""
    analysis_limit application_id auto_vacuum automatic_index busy_timeout cache_size cache_spill
    case_sensitive_like cell_size_check checkpoint_fullfsync collation_list compile_options
    count_changes data_version database_list default_cache_size defer_foreign_keys
    empty_result_callbacks encoding foreign_key_check foreign_key_list foreign_keys freelist_count
    full_column_names fullfsync function_list ignore_check_constraints incremental_vacuum index_info
    index_list index_xinfo integrity_check journal_mode journal_size_limit legacy_alter_table
    legacy_file_format locking_mode max_page_count mmap_size module_list optimize page_count page_size
    pragma_list query_only quick_check read_uncommitted recursive_triggers reverse_unordered_selects
    secure_delete short_column_names shrink_memory stats synchronous table_info table_list table_xinfo
    temp_store threads trusted_schema user_version wal_autocheckpoint wal_checkpoint
    """.split())
LOOKED_AT = frozenset(("writable_schema", "schema_version", "hard_heap_limit", "soft_heap_limit"))
FUNCTIONS = frozenset("edit eval fts3_tokenizer load_extension lsmode readfile writefile zipfile".split())
MODULES = frozenset("dbstat fts3 fts3tokenize fts4 fts4aux fts5 fts5vocab geopoly rtree rtree_i32".split())
FILE_TABLES = frozenset("csv fsdir lsdir vsv zipfile".split())


GUARDED = {}


def guarded(walls, connection_class):
    """The class whose connections keep the guard beside an authorizer that the project sets."""
    if hasattr(connection_class, "strata_set_authorizer"):
        return connection_class  # one of ours, or made of it
    if connection_class not in GUARDED:
        class Guarded(connection_class):
            strata_set_authorizer = connection_class.set_authorizer

            def set_authorizer(self, callback):
                guard(walls, self, beside=callback)

        Guarded.__name__ = Guarded.__qualname__ = connection_class.__name__
        Guarded.__module__ = connection_class.__module__
        GUARDED[connection_class] = Guarded
    return GUARDED[connection_class]


def guard(walls, connection, beside=None):
    known = names_in(connection, "pragma_pragma_list")
    reading_files = FILE_TABLES & names_in(connection, "pragma_module_list")

    def refuse(what, allow=None):
        walls.note_refused(what, allow)
        return DENY

    def function(_first, name):
        if name is not None and name.lower() in FUNCTIONS:
            return refuse("the SQL function %s" % name)
        return OK

    def pragma(first, value):
        name = (first or "").lower()
        is_harmless = (
            name in PRAGMAS or (value is None and name in LOOKED_AT)
            or (name == "writable_schema" and value.lower() in ("0", "off", "false", "no", "reset")))
        if not is_harmless and (name in known or name in LOOKED_AT or name.endswith("_directory")):
            return refuse("PRAGMA %s" % name)
        return OK

    def attach(file, _second):
        # VACUUM attaches a file without a name; that of a parameter or an expression is not told.
        if file is None:
            return refuse("ATTACH of a file that is no literal")
        target = targets.sqlite_target(file, is_uri=True)
        if target.database is not None and target not in walls.scratches and not walls.allows(target):
            return refuse("ATTACH or VACUUM INTO of %s" % targets.described(target), target.database)
        return OK

    def virtual_table(_first, module):
        return OK if (module or "").lower() in MODULES else refuse("a virtual table of the module %s" % module)

    def file_table(table, _second):
        return refuse("the table %s, which reads files" % table) if (table or "").lower() in reading_files else OK

    def change(table, second):
        if (table or "").lower() == "sqlite_dbpage":
            return refuse("a change of sqlite_dbpage")
        return file_table(table, second)

    judges = {FUNCTION: function, PRAGMA: pragma, ATTACH: attach, CREATE_VTABLE: virtual_table,
              INSERT: change, UPDATE: change, DELETE: change}
    if reading_files:
        judges[READ] = file_table

    # Asked for each column of each statement: what is judged by nobody costs next to nothing.
    def authorize(action, first, second, database, trigger):
        judge = judges.get(action)
        if judge is not None and judge(first, second) == DENY:
            return DENY
        return OK if beside is None else beside(action, first, second, database, trigger)

    getattr(connection, "strata_set_authorizer", connection.set_authorizer)(authorize)


LISTS = {}


def names_in(connection, table):
    """A list of the library's own, asked for once of each library."""
    key = type(connection).__module__, table
    if key not in LISTS:
        try:
            LISTS[key] = frozenset(row[0] for row in connection.execute("SELECT name FROM %s" % table))
        except Exception:
            LISTS[key] = frozenset()
    return LISTS[key]
