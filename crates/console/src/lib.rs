//! How people ask: the reviewers' pages.
