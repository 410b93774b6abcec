//! The records of a customer that come in numbers: addresses, phones, e-mails, identifications, owners.
//!
//! One rule for all of them: as long as there is one, exactly one is primary. The first becomes it, whatever was asked.

use jiff::{Timestamp, civil::Date};

use crate::changes::Refusal;
use crate::id::{CustomerId, RecordId};
use crate::pii::Pii;

/// One record and what is kept about it.
#[derive(Debug, Clone, PartialEq)]
pub struct Record<T> {
    /// Stable id.
    pub id: RecordId,
    /// Whether it is the one to use first.
    pub primary: bool,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub changed_at: Timestamp,
    /// What it says.
    pub value: T,
}

/// All records of one kind, in the order they were added.
#[derive(Debug, Clone, PartialEq)]
pub struct Records<T>(Vec<Record<T>>);

impl<T> Default for Records<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

/// What the caller wants of the primary mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Make it the primary record.
    Primary,
    /// Leave the mark where it is; the first record takes it all the same.
    Secondary,
}

impl<T> Records<T> {
    /// Most records of one kind that a customer may have.
    pub const MAX: usize = 100;

    /// Rebuilds a stored collection, if it keeps the rule.
    #[must_use]
    pub fn restore(records: Vec<Record<T>>) -> Option<Self> {
        let primaries = records.iter().filter(|record| record.primary).count();
        (records.is_empty() || primaries == 1).then_some(Self(records))
    }

    /// The records, oldest first.
    pub fn iter(&self) -> impl Iterator<Item = &Record<T>> {
        self.0.iter()
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The primary record; there is one as soon as there is any.
    #[must_use]
    pub fn primary(&self) -> Option<&Record<T>> {
        self.0.iter().find(|record| record.primary)
    }

    /// The record with this id.
    #[must_use]
    pub fn get(&self, id: RecordId) -> Option<&Record<T>> {
        self.0.iter().find(|record| record.id == id)
    }

    /// Adds a record.
    ///
    /// # Errors
    /// [`Refusal::TooManyRecords`] past [`Self::MAX`].
    pub fn add(&mut self, id: RecordId, value: T, standing: Standing, now: Timestamp) -> Result<(), Refusal> {
        if self.0.len() >= Self::MAX {
            return Err(Refusal::TooManyRecords);
        }
        self.0.push(Record { id, primary: false, created_at: now, changed_at: now, value });
        if standing == Standing::Primary || self.0.len() == 1 {
            self.make_primary(id, now);
        }
        Ok(())
    }

    /// Puts another value in a record's place; the primary one stays primary until another is made so.
    ///
    /// # Errors
    /// [`Refusal::NoSuchRecord`].
    pub fn change(&mut self, id: RecordId, value: T, standing: Standing, now: Timestamp) -> Result<(), Refusal> {
        let record = self.0.iter_mut().find(|record| record.id == id).ok_or(Refusal::NoSuchRecord)?;
        record.value = value;
        record.changed_at = now;
        if standing == Standing::Primary {
            self.make_primary(id, now);
        }
        Ok(())
    }

    /// Removes a record; when it was the primary one, the oldest that is left takes its place.
    ///
    /// # Errors
    /// [`Refusal::NoSuchRecord`].
    pub fn remove(&mut self, id: RecordId, now: Timestamp) -> Result<(), Refusal> {
        let position = self.0.iter().position(|record| record.id == id).ok_or(Refusal::NoSuchRecord)?;
        let removed = self.0.remove(position);
        if removed.primary
            && let Some(heir) = self.0.first().map(|record| record.id)
        {
            self.make_primary(heir, now);
        }
        Ok(())
    }

    fn make_primary(&mut self, id: RecordId, now: Timestamp) {
        for record in &mut self.0 {
            let primary = record.id == id;
            if record.primary != primary {
                record.primary = primary;
                record.changed_at = now;
            }
        }
    }
}

/// A postal address. Kinds are the dialect's own words, kept as given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// What it is for (`Home`, `Work`, `Mailing`).
    pub kind: String,
    /// What stands there (`Residential`, `Business`).
    pub classification: Option<String>,
    /// Street lines, first to last.
    pub street: Vec<Pii<String>>,
    /// City.
    pub city: Option<Pii<String>>,
    /// State, province or region.
    pub state: Option<String>,
    /// Postal code.
    pub postal_code: Option<Pii<String>>,
    /// ISO 3166-1 alpha-2 in lower case.
    pub country: String,
}

/// A telephone number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phone {
    /// `Mobile`, `Work`, `Home`.
    pub kind: String,
    /// As given, without punctuation.
    pub number: Pii<String>,
    /// Extension.
    pub extension: Option<Pii<String>>,
}

/// An e-mail address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Email {
    /// `Personal`, `Work`.
    pub kind: String,
    /// The address.
    pub address: Pii<String>,
}

/// A document that identifies the customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identification {
    /// `Passport`, `DriversLicense`.
    pub kind: String,
    /// Its number.
    pub number: Pii<String>,
    /// Day of issue.
    pub issued_on: Option<Date>,
    /// Day it expires.
    pub expires_on: Option<Date>,
    /// Day it was verified.
    pub verified_on: Option<Date>,
    /// Who issued it.
    pub authority: Option<String>,
    /// State or province of issue.
    pub state: Option<String>,
    /// Country of issue, ISO 3166-1 alpha-2 in lower case.
    pub country: Option<String>,
}

/// A person who owns a part of a business customer.
#[derive(Debug, Clone, PartialEq)]
pub struct Owner {
    /// The owner, a customer of the same tenant.
    pub customer: CustomerId,
    /// Title in the business.
    pub title: Option<String>,
    /// Share, in hundredths of a percent (2500 = 25 %).
    pub share_basis_points: u16,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    #[derive(Debug, Clone)]
    enum Step {
        Add(u8, bool),
        Change(u8, bool),
        Remove(u8),
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            (0..12_u8, any::<bool>()).prop_map(|(id, primary)| Step::Add(id, primary)),
            (0..12_u8, any::<bool>()).prop_map(|(id, primary)| Step::Change(id, primary)),
            (0..12_u8).prop_map(Step::Remove),
        ]
    }

    proptest! {
        #[test]
        fn there_is_exactly_one_primary_as_long_as_there_is_any(steps in prop::collection::vec(step(), 0..60)) {
            let now = Timestamp::UNIX_EPOCH;
            let id = |n: u8| RecordId(Uuid::from_u128(u128::from(n)));
            let standing = |primary| if primary { Standing::Primary } else { Standing::Secondary };
            let mut records = Records::default();
            for step in steps {
                match step {
                    Step::Add(n, primary) if records.get(id(n)).is_none() => records.add(id(n), n, standing(primary), now).expect("few"),
                    Step::Add(..) => {}
                    Step::Change(n, primary) => {
                        let known = records.get(id(n)).is_some();
                        prop_assert_eq!(records.change(id(n), n, standing(primary), now).is_ok(), known);
                        prop_assert!(!(known && primary) || records.primary().is_some_and(|record| record.id == id(n)));
                    }
                    Step::Remove(n) => drop(records.remove(id(n), now)),
                }
                let primaries = records.iter().filter(|record| record.primary).count();
                prop_assert_eq!(primaries, usize::from(!records.is_empty()));
            }
        }
    }

    #[test]
    fn the_first_is_primary_even_if_asked_not_to_be() {
        let mut records = Records::default();
        let first = RecordId(Uuid::from_u128(1));
        records.add(first, "home", Standing::Secondary, Timestamp::UNIX_EPOCH).expect("room");
        assert_eq!(records.primary().map(|record| record.id), Some(first));
        assert_eq!(records.remove(RecordId(Uuid::from_u128(9)), Timestamp::UNIX_EPOCH), Err(Refusal::NoSuchRecord));
    }
}
