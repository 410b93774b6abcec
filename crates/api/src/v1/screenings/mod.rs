//! `POST /v1/screenings`: one party against the lists in force, with every reason.
//!
//! Nothing is kept: neither the question nor the answer. Who must be able to prove a screening onboards a customer.

mod body;
mod create;
mod lists;
mod view;

pub use create::create;
