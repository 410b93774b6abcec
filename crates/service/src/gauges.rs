//! How the house is doing, in numbers. Nothing in them is about anybody.

use store::Waiting;

use crate::Service;
use crate::feeds::Standing;
use crate::refused::Refused;

/// The numbers of one moment.
#[derive(Debug, Clone)]
pub struct Gauges {
    /// The lists.
    pub lists: Vec<Standing>,
    /// Which composition of lists this node searches.
    pub generation: u64,
    /// Work by kind.
    pub work: Vec<Waiting>,
    /// Deliveries that are due, by dialect; counted up to 100,000.
    pub deliveries_due: Vec<(String, u64)>,
    /// Customers that have to be screened against newer lists; counted up to 100,000.
    pub customers_behind: u64,
}

impl Service {
    /// The numbers as they are now.
    ///
    /// # Errors
    /// Only what the store cannot do.
    pub async fn gauges(&self) -> Result<Gauges, Refused> {
        Ok(Gauges {
            lists: self.lists_standing().await?,
            generation: self.lists_in_force().generation,
            work: self.store().waiting().await?,
            deliveries_due: self.store().deliveries_due(self.now()).await?,
            customers_behind: self.store().customers_behind().await?,
        })
    }
}
