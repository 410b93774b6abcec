//! The use cases, as a dialect calls them, in a house of the test's own.

mod credentials;
mod forgetting;
mod house;
mod interrupted;
mod people;
mod planted;
mod prospect;
mod registrations;
mod risk;
mod transfers;
