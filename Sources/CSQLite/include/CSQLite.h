#pragma once

// SQLite's own functions, and what Swift cannot call of them.
#include <sqlite3.h>

// sqlite3_db_config takes a variable number of arguments, so that Swift cannot call it.

/// Turns one SQLITE_DBCONFIG_... setting of a connection on (1) or off (0). Returns SQLite's code;
/// a library that is too old to know the setting says SQLITE_ERROR.
int strata_sqlite_configure(sqlite3 *connection, int setting, int value);
