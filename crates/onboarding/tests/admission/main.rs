//! Steps in any order, as an institution, a device, a person and the lists take them.

mod corrections;
mod demands;
mod order;
mod prospect;
mod signatures;
mod tax;
