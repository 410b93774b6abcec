//! The whole house in a test: builders, both engines, a webhook receiver.

mod engines;
pub mod postgres;

pub use engines::{Setup, TestDb, block_on};
