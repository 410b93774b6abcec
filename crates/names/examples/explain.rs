//! Compares two names and says how the score came about.
//!
//! `cargo run --release -p names --example explain -- person "Mohamed Ali" "محمد علي"`

#![expect(clippy::print_stdout, reason = "a command line tool prints")]

use names::{Kind, Name, explain};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [kind, one, two] = arguments.as_slice() else {
        println!("usage: explain person|organisation|object|any NAME NAME");
        return;
    };
    let kind = match kind.as_str() {
        "person" => Kind::Person,
        "organisation" => Kind::Organisation,
        "object" => Kind::Object,
        _ => Kind::Any,
    };
    let (one, two) = (Name::parse(kind, one), Name::parse(kind, two));
    println!("{:?}\n{:?}\n{}", one.tokens(), two.tokens(), explain(&one, &two));
}
