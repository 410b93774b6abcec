//! The whole house in a test: builders, both engines, a webhook receiver.
