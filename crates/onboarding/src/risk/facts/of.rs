//! What a customer itself says.

use jiff::civil::Date;

use super::{Facts, Finding};
use crate::check::{CheckKind, CheckState};
use crate::customer::Customer;
use crate::party::Party;
use crate::related::RelatedRole;
use crate::ubo::Graph;

impl Facts {
    /// The facts that the customer holds, on this day; who has this fraction of a business or more is a beneficial owner.
    /// A dialect adds what it was told beside.
    #[must_use]
    pub fn of(customer: &Customer, today: Date, threshold: f64) -> Self {
        let primary = customer.addresses.primary().map(|record| record.value.country.clone());
        let mut facts = Self {
            kind: Some(customer.party.kind()),
            residence: primary.filter(|country| !country.is_empty()),
            sanctions: finding(customer, CheckKind::Sanctions),
            pep: finding(customer, CheckKind::Pep),
            watchlists: finding(customer, CheckKind::Watchlists),
            adverse: finding(customer, CheckKind::Adverse),
            ..Self::default()
        };
        match &customer.party {
            Party::Person(person) => {
                facts.nationality = person.citizenship.as_ref().map(|country| country.0.clone());
                facts.age = person.birth_date.as_ref().and_then(|born| years(born.0, today));
                if person.declared_pep {
                    // Who says to be exposed is open at least, whatever the lists know.
                    facts.pep = facts.pep.max(Some(Finding::Open));
                }
            }
            Party::Business(business) => {
                facts.registration_country.clone_from(&business.jurisdiction);
                facts.business_age = business.formed_on.and_then(|formed| years(formed, today));
                facts.owned(customer, threshold);
            }
        }
        facts
    }

    /// What follows from who owns a business; nothing, where nobody is said to.
    fn owned(&mut self, customer: &Customer, threshold: f64) {
        let Some(graph) = Graph::of(customer).filter(Graph::is_told) else { return };
        let ownership = graph.resolve(threshold);
        let beneficial = ownership.owners.iter().filter(|owner| owner.is_beneficial).count();
        self.threshold_percent = Some(threshold * 100.0);
        self.beneficial_owners = i64::try_from(beneficial).ok();
        self.ownership_layers = i64::try_from(ownership.layers).ok();
        self.owners = i64::try_from(ownership.owners.len()).ok();
        self.undisclosed_percent = Some(ownership.undisclosed * 100.0);
        self.circular = Some(ownership.circular);
        let holders = customer.related.iter().filter(|related| related.role == RelatedRole::Shareholder);
        let mut countries: Vec<String> = holders
            .flat_map(|related| {
                let own = match &related.party {
                    Party::Person(person) => person.citizenship.as_ref().map(|country| country.0.clone()),
                    Party::Business(business) => business.jurisdiction.clone(),
                };
                related.residences.iter().cloned().chain(own)
            })
            .collect();
        countries.sort();
        countries.dedup();
        // Owners that are customers themselves tell their countries in their own records.
        self.owner_countries = (!countries.is_empty()).then_some(countries);
    }
}

/// Whole years from one day to another; `None` where it lies ahead.
#[must_use]
pub(crate) fn years(from: Date, to: Date) -> Option<i64> {
    let had_day = (to.month(), to.day()) >= (from.month(), from.day());
    let years = i64::from(to.year()) - i64::from(from.year()) - i64::from(!had_day);
    (from <= to).then_some(years)
}

/// What a check found: nothing is known while it is due or could not be run.
fn finding(customer: &Customer, kind: CheckKind) -> Option<Finding> {
    match customer.checks.get(&kind)?.state {
        CheckState::Pending | CheckState::Unavailable(_) => None,
        CheckState::Clear => Some(Finding::None),
        CheckState::Hit(_) | CheckState::Reviewing(_) => Some(Finding::Open),
        CheckState::Confirmed(_) => Some(Finding::Confirmed),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::years;

    #[test]
    fn a_year_is_whole_on_its_day() {
        for (from, to, expected) in [
            (date(2000, 6, 15), date(2026, 6, 14), Some(25)),
            (date(2000, 6, 15), date(2026, 6, 15), Some(26)),
            (date(2000, 2, 29), date(2001, 2, 28), Some(0)),
            (date(2026, 1, 1), date(2026, 1, 1), Some(0)),
            (date(2026, 1, 2), date(2026, 1, 1), None),
        ] {
            assert_eq!(years(from, to), expected, "{from} {to}");
        }
    }
}
