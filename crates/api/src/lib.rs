//! How programs ask: HTTP, one module a dialect.
