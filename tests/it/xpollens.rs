//! The Xpollens dialect, end to end: the seed's straight-through order and every other, with the callbacks received.

mod callbacks;
mod delivery;
mod device;
mod faces;
mod filtering;
mod forgetting;
mod locks;
mod money;
mod order;
mod page;
mod pages;
mod signatures;
mod tax;
mod tenants;
mod users;
mod vendor;
