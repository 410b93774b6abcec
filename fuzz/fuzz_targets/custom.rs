//! Any bytes as a list of this source.
#![no_main]

#[allow(dead_code, reason = "each fuzzer has its own part of it")]
#[path = "../../crates/watchlists/tests/fuzz/mod.rs"]
mod fuzz;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| { let _ = fuzz::list(watchlists::formats::Source::Custom, bytes); });
