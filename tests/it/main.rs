//! Black-box tests: the real binary, spoken to as a vendor's client would, with its webhooks received.

mod audit;
mod browser;
mod cases;
mod categories;
mod cli;
mod cos;
mod credentials;
mod decisions;
mod durability;
mod edge;
mod feeds;
mod finhub;
mod hawk;
mod house;
mod monitoring;
mod own_lists;
mod publisher;
mod receiver;
mod risk;
mod screening;
mod waldo;
mod webhooks;
mod xpollens;
