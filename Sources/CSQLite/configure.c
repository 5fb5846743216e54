#include "CSQLite.h"

#include <stddef.h>

int strata_sqlite_configure(sqlite3 *connection, int setting, int value) {
  return sqlite3_db_config(connection, setting, value, NULL);
}
