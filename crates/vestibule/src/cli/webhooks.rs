//! `vestibule webhooks`.

use clap::Subcommand;

/// `vestibule webhooks`.
#[derive(Debug, Subcommand)]
pub enum Webhooks {
    /// List a tenant's registrations, oldest first: their state, what waits and what failed.
    List {
        /// The tenant's id or key.
        tenant: String,
        /// Only those that are suspended, or have something that does not arrive.
        #[arg(long)]
        failing: bool,
        /// JSON lines instead of a table.
        #[arg(long)]
        json: bool,
    },
    /// Take a suspended registration up again: what was held for it goes out.
    Restart {
        /// The tenant's id or key.
        tenant: String,
        /// The registration's id.
        registration: uuid::Uuid,
        /// Send again what had failed, too.
        #[arg(long)]
        failed: bool,
    },
}
