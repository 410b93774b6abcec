//! Pairs of names per second, without explanation, beside Jaro-Winkler on the same pairs.

fn main() {
    divan::main();
}
