//! The use cases, as a dialect calls them, in a house of the test's own.

mod admissions;
mod credentials;
mod house;
mod people;
mod registrations;
mod risk;
