#pragma once

/// Opens the libpq that psycopg brought into the Python environment which this program was installed
/// in; NULL where there is none.
void *strata_open_beside_interpreter(void);
