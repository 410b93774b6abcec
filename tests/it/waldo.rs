//! The Waldo dialect, end to end: the seed's example, its documents' other promises, and what must never happen.

pub mod document;
mod evaluation;
mod fraud;
mod input;
mod later;
mod sandbox;
mod vendor;
mod verifier;
