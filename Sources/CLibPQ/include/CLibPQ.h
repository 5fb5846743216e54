#pragma once

/// Loads libpq once; NULL where it is there, else what the loader said.
const char *strata_pq_load(void);
