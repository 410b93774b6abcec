//! The domain: customers, checks, policies and cases as pure decisions.
