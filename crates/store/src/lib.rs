//! What is kept: aggregates, journal, vault, jobs, idempotency; every query a constant.
