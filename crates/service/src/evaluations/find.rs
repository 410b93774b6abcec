//! Looks for evaluated customers by what is known of them.

use onboarding::{Customer, CustomerId, Date, Party, Pii};
use store::{CustomerFilter, Lookup};

use crate::refused::Refused;
use crate::{Caller, Service};

/// Most customers that one question is answered with.
const FOUND_MAX: usize = 50;

/// Customers that are looked through where a question names nothing that the index knows: the newest ones. A birth date
/// and a postal code are never indexed, for there are too few of them to hide behind a key.
const LOOKED_THROUGH_MAX: u64 = 1_000;

/// Customers read at once.
const PAGE: u32 = 100;

/// What is known of who is looked for: everything that is named must fit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sought {
    /// Our id.
    pub id: Option<CustomerId>,
    /// The e-mail address.
    pub email: Option<Pii<String>>,
    /// The number of the official document.
    pub official_id: Option<Pii<String>>,
    /// The caller's id.
    pub external_id: Option<Pii<String>>,
    /// The postal code.
    pub zip: Option<Pii<String>>,
    /// The birth date.
    pub birth_date: Option<Pii<Date>>,
}

impl Sought {
    fn filter(&self) -> CustomerFilter {
        let lookups = [
            self.email.clone().map(Lookup::Email),
            self.official_id.clone().map(Lookup::TaxId),
            self.external_id.clone().map(Lookup::ClientIdentifier),
        ];
        let lookups: Vec<Lookup> = lookups.into_iter().flatten().collect();
        CustomerFilter { id: self.id, lookups, newest_first: true, ..CustomerFilter::default() }
    }

    /// What the index does not know.
    fn fits(&self, customer: &Customer) -> bool {
        let Party::Person(person) = &customer.party else { return false };
        let address = customer.addresses.primary().map(|record| &record.value);
        let zip = address.and_then(|address| address.postal_code.as_ref());
        let same_zip = |wanted: &Pii<String>| zip.is_some_and(|zip| five(zip) == five(wanted));
        customer.evaluation.is_some()
            && self.zip.as_ref().is_none_or(same_zip)
            && self.birth_date.is_none_or(|wanted| person.birth_date == Some(wanted))
    }
}

/// A postal code without what the United States put behind it.
fn five(zip: &str) -> &str {
    let zip = zip.trim();
    zip.get(..5).filter(|_| zip.len() > 5 && zip.bytes().all(|b| b.is_ascii_digit() || b == b'-')).unwrap_or(zip)
}

impl Service {
    /// The caller's evaluated customers that fit, newest first, and no more than fifty.
    ///
    /// # Errors
    /// Only what the store cannot do.
    pub async fn find_evaluated(&self, caller: &Caller, sought: &Sought) -> Result<Vec<Customer>, Refused> {
        let filter = sought.filter();
        let mut found = Vec::new();
        let mut offset = 0;
        while offset < LOOKED_THROUGH_MAX {
            let page = self.store().customers(&caller.ctx, &filter, offset, PAGE).await?;
            let last = page.len() < PAGE as usize;
            found.extend(page.into_iter().filter(|customer| sought.fits(customer)));
            if last || found.len() >= FOUND_MAX {
                break;
            }
            offset += u64::from(PAGE);
        }
        found.truncate(FOUND_MAX);
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::five;

    #[test]
    fn the_last_four_digits_of_a_postal_code_do_not_matter() {
        for (zip, shown) in
            [("10001", "10001"), ("10001-1234", "10001"), ("100011234", "10001"), ("SW1A 1AA", "SW1A 1AA")]
        {
            assert_eq!(five(zip), shown);
        }
    }
}
