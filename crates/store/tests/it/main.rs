//! What the store promises, on both engines.

mod accounts;
mod answers;
mod cases;
mod credentials;
mod customers;
mod deliveries;
mod erasure;
mod feeds;
mod files;
mod handles;
mod house;
mod jobs;
mod journal;
mod lists;
mod network;
mod paces;
mod people;
mod registrations;
mod rescreening;
mod risk_models;
mod secrecy;
mod statements;
mod tenants;
mod what_ifs;
