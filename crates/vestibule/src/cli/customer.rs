//! `vestibule customer`.

use clap::{Args, Subcommand};

/// `vestibule customer`.
#[derive(Debug, Subcommand)]
pub enum Customer {
    /// Forbid to forget a customer, whatever its time says.
    Hold(About),
    /// Take a hold back: a prospect whose time has come is forgotten at once.
    Release(About),
}

/// Whom it is about, and why.
#[derive(Debug, Args)]
pub struct About {
    /// The customer's id, or the institution's own id for it.
    pub customer: String,
    /// Why.
    #[arg(long)]
    pub reason: String,
    /// One tenant's only, by id or key: for an id that several tenants have.
    #[arg(long)]
    pub tenant: Option<String>,
    /// Who says so; the account's name by default.
    #[arg(long)]
    pub by: Option<String>,
    /// One JSON object instead of text.
    #[arg(long)]
    pub json: bool,
}
