//! Corrections: identification data is locked once it is entered, and only changed with a justification, which is kept.

use jiff::Timestamp;

use crate::evaluation::words;
use crate::pii::Pii;
use crate::records::Address;

/// Where a customer is reached; what is left out stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ContactChange {
    /// The telephone number.
    pub phone: Option<Pii<String>>,
    /// The e-mail address.
    pub email: Option<Pii<String>>,
    /// The postal address.
    pub address: Option<Address>,
}

/// A change of identification data, and why.
#[derive(Debug, Clone, PartialEq)]
pub struct Correction {
    /// What was changed.
    pub field: Field,
    /// What it was.
    pub before: Pii<String>,
    /// What it is.
    pub after: Pii<String>,
    /// Why, in a word.
    pub cause: Cause,
    /// Why, in the institution's words.
    pub text: Pii<String>,
    /// When.
    pub at: Timestamp,
}

/// Why identification data is changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cause {
    /// It was wrong.
    Correction,
    /// It was written otherwise.
    Normalization,
}

/// One datum of a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Field {
    /// How it is addressed.
    Civility,
    /// The first name.
    FirstName,
    /// The family name.
    LastName,
    /// The family name at birth.
    BirthName,
    /// The day of birth.
    BirthDate,
    /// Where it was born.
    BirthCity,
    /// The postal code of that.
    BirthPostalCode,
    /// The country of that.
    BirthCountry,
    /// The nationality.
    Nationality,
    /// The telephone number.
    Phone,
    /// The e-mail address.
    Email,
    /// The postal address.
    Address,
}

words!(Cause { Correction = "correction", Normalization = "normalization" });
words!(Field {
    Civility = "civility",
    FirstName = "first_name",
    LastName = "last_name",
    BirthName = "birth_name",
    BirthDate = "birth_date",
    BirthCity = "birth_city",
    BirthPostalCode = "birth_postal_code",
    BirthCountry = "birth_country",
    Nationality = "nationality",
    Phone = "phone",
    Email = "email",
    Address = "address",
});
