//! Every signal by name: whether it speaks for or against, what it weighs, which tag it fails, and why.
//!
//! A weight is in log-odds of the customer being honest, at full strength: 0.7 doubles or halves the odds, 2.2 moves
//! them ninefold. They are judgement, not measurement: no labelled population of real customers is shipped. What guided
//! them: a fact that an honest person practically never shows weighs 3 and more; one that many honest people show
//! weighs below 1; a single fact below 2.5 never turns an otherwise spotless customer away. A tenant's policy may put
//! other weights in their place.

use crate::evaluation::Tag;

/// Whether a fact speaks for the customer or against it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bearing {
    /// It makes fraud less likely.
    Good,
    /// It is told, and weighs nothing.
    Neutral,
    /// It makes fraud more likely.
    Bad,
}

macro_rules! signal_names {
    ($($name:ident = $word:literal, $bearing:ident $weight:literal, $fails:expr, $reason:literal;)*) => {
        /// A fact that may be established about a customer.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum SignalName {
            $(
                #[doc = $reason]
                $name,
            )*
        }

        impl SignalName {
            /// Every name.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The word that is kept and told: the family, a dot, the fact.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }

            /// Whether it speaks for or against.
            #[must_use]
            pub const fn bearing(self) -> Bearing {
                match self { $(Self::$name => Bearing::$bearing,)* }
            }

            /// What it weighs where the policy says nothing else, in log-odds; never negative.
            #[must_use]
            pub const fn default_weight(self) -> f64 {
                match self { $(Self::$name => $weight,)* }
            }

            /// The tag that it fails.
            #[must_use]
            pub const fn fails(self) -> Option<Tag> {
                match self { $(Self::$name => $fails,)* }
            }

            /// What was found, in plain English.
            #[must_use]
            pub const fn reason(self) -> &'static str {
                match self { $(Self::$name => $reason,)* }
            }
        }
    };
}

const SSN: Option<Tag> = Some(Tag::Ssn);
const BORN: Option<Tag> = Some(Tag::BirthDate);
const ADDRESS: Option<Tag> = Some(Tag::Address);
const PHONE: Option<Tag> = Some(Tag::Phone);
const EMAIL: Option<Tag> = Some(Tag::Email);
const RING: Option<Tag> = Some(Tag::FraudReports);

signal_names! {
    // Social security number. A number that was never given out is nobody's: the strongest single fact there is.
    SsnMissing = "ssn.missing", Bad 1.0, SSN, "No social security number was given.";
    SsnOtherNumber = "ssn.other_number", Neutral 0.0, None, "The number is no American one; the rules of issue do not apply.";
    SsnNeverIssued = "ssn.never_issued", Bad 4.0, SSN, "The area, group or serial of the number was never given out.";
    SsnTaxpayerNumber = "ssn.taxpayer_number", Bad 2.0, SSN, "The number is an individual taxpayer number, not a social security number.";
    SsnPublicised = "ssn.publicised", Bad 4.0, SSN, "The number is known from advertisements or public records.";
    SsnPlaceholder = "ssn.placeholder", Bad 3.5, SSN, "The digits are a run or a repetition, as one types to fill a field.";
    SsnRailroad = "ssn.railroad", Bad 1.5, SSN, "The area was the Railroad Board's, which gave out its last number before this birth date.";
    SsnLateArea = "ssn.late_area", Bad 0.5, None, "The area was opened in June 2011, when this person was grown up.";
    SsnPlausible = "ssn.plausible", Good 0.2, None, "The number is within what was given out.";
    SsnStateAgrees = "ssn.state_agrees", Good 0.3, None, "The number was given out in the state of residence.";
    // Birth date.
    BirthDateMissing = "birth_date.missing", Bad 1.0, BORN, "No birth date was given.";
    BirthDateFuture = "birth_date.future", Bad 3.0, BORN, "The birth date is in the future.";
    BirthDateTooOld = "birth_date.too_old", Bad 3.0, BORN, "Nobody is known to be as old as the birth date says.";
    BirthDateMinor = "birth_date.minor", Bad 1.0, BORN, "The person is younger than the institution lets in.";
    BirthDateVeryOld = "birth_date.very_old", Bad 0.7, None, "The person would be a hundred years or older, as very few are.";
    BirthDateDefault = "birth_date.default", Bad 0.4, None, "The birth date is the first of January of a round year, as forms fill in.";
    BirthDatePlausible = "birth_date.plausible", Good 0.2, None, "The birth date is that of a grown-up.";
    // Address. Honest people move, share post boxes and mistype a ZIP code; they seldom live in no state at all.
    AddressMissing = "address.missing", Bad 1.0, ADDRESS, "No address was given.";
    AddressUnknownState = "address.unknown_state", Bad 2.0, ADDRESS, "There is no such state.";
    AddressUnknownZip = "address.unknown_zip", Bad 2.0, ADDRESS, "No post office has a ZIP code that begins so.";
    AddressContradicts = "address.contradicts", Bad 1.8, ADDRESS, "The ZIP code is not in the state.";
    AddressPlaceholder = "address.placeholder", Bad 2.0, ADDRESS, "The street is a word that fills a field, not a place.";
    AddressStock = "address.stock", Bad 0.6, None, "The street is the one that examples are made of.";
    AddressNoStreet = "address.no_street", Bad 1.0, ADDRESS, "The street has no letters.";
    AddressNoNumber = "address.no_number", Bad 0.3, None, "The street has no number.";
    AddressPoBox = "address.po_box", Bad 0.6, None, "The address is a post office box.";
    AddressGeneralDelivery = "address.general_delivery", Bad 0.8, None, "The address is general delivery: post waits at the office.";
    AddressForwarding = "address.forwarding", Bad 1.2, None, "The address is worded as one that takes in post for others.";
    AddressCareOf = "address.care_of", Bad 0.3, None, "Post goes to somebody else's care.";
    AddressMilitary = "address.military", Neutral 0.0, None, "The address is a military post office.";
    AddressAbroad = "address.abroad", Neutral 0.0, None, "The address is outside the United States; no table of its codes is shipped.";
    AddressAgrees = "address.agrees", Good 0.4, None, "State and ZIP code agree.";
    // Phone.
    PhoneMissing = "phone.missing", Bad 0.8, PHONE, "No phone number was given.";
    PhoneInvalid = "phone.invalid", Bad 1.8, PHONE, "No network has given out such a number.";
    PhoneFictional = "phone.fictional", Bad 2.5, PHONE, "The number is one of those set aside for films and books.";
    PhonePlaceholder = "phone.placeholder", Bad 2.5, PHONE, "The digits are a run or a repetition, as one types to fill a field.";
    PhonePremium = "phone.premium", Bad 2.0, PHONE, "Calls to the number are charged extra: it is a service, not a person.";
    PhoneService = "phone.service", Bad 1.5, PHONE, "The number is a pager, a mailbox or a company's access number.";
    PhoneTollFree = "phone.toll_free", Bad 0.6, None, "The number is toll-free, as companies have.";
    PhoneVirtual = "phone.virtual", Bad 0.9, None, "The number is from a range for internet telephony or personal numbering, which move freely.";
    PhoneOtherCountry = "phone.other_country", Bad 0.5, None, "The number belongs to another country than the address.";
    PhoneAgrees = "phone.agrees", Good 0.4, None, "The number is valid and belongs to the country of the address.";
    // E-mail.
    EmailMissing = "email.missing", Bad 0.8, EMAIL, "No e-mail address was given.";
    EmailInvalid = "email.invalid", Bad 2.0, EMAIL, "The e-mail address is none.";
    EmailReserved = "email.reserved", Bad 2.0, EMAIL, "The domain is set aside for examples and tests: nothing arrives there.";
    EmailDisposable = "email.disposable", Bad 2.4, EMAIL, "The domain gives out addresses that are thrown away after use.";
    EmailMistyped = "email.mistyped", Bad 0.2, EMAIL, "The domain is a well-known one with a letter wrong.";
    EmailRole = "email.role", Bad 0.6, None, "The address is a role's, not a person's.";
    EmailRandom = "email.random", Bad 1.1, None, "The name in the address looks drawn by chance.";
    EmailTagged = "email.tagged", Bad 0.2, None, "The address carries a tag, so that one mailbox has many addresses.";
    EmailUnlikeName = "email.unlike_name", Bad 0.2, None, "The address has nothing of the person's name.";
    EmailLikeName = "email.like_name", Good 0.5, None, "The address is made of the person's name.";
    EmailPlausible = "email.plausible", Good 0.1, None, "The address is well-formed, and its domain can be one.";
    // IP address.
    IpAbsent = "ip.absent", Neutral 0.0, None, "No IP address was given.";
    IpNotPublic = "ip.not_public", Bad 0.5, None, "The IP address is private or reserved: it does not say where anybody is.";
    IpDocumentation = "ip.documentation", Bad 1.0, None, "The IP address is from a range for documents and tests.";
    IpCountryUnknown = "ip.country_unknown", Neutral 0.0, None, "Nobody said in which country the IP address is.";
    IpOtherCountry = "ip.other_country", Bad 1.0, None, "The IP address is in another country than the residence.";
    IpAgrees = "ip.agrees", Good 0.3, None, "The IP address is in the country of residence.";
    // Network. Sharing grows with how many share; what makes a ring fails the tag, whatever it weighs.
    NetworkFlagged = "network.flagged", Bad 4.5, RING, "A customer who was flagged for fraud shares the phone, e-mail address, document or device.";
    NetworkFlaggedPlace = "network.flagged_place", Bad 3.0, RING, "A customer who was flagged for fraud has the same name at the same address, or the same IP address.";
    NetworkRing = "network.ring", Bad 0.8, RING, "Two or more other customers share the phone, e-mail address, document or device.";
    NetworkPhone = "network.phone", Bad 2.2, None, "Other customers have the same phone number.";
    NetworkEmail = "network.email", Bad 2.5, None, "Other customers have the same mailbox.";
    NetworkDocument = "network.document", Bad 3.5, None, "Other customers have the same document number.";
    NetworkDevice = "network.device", Bad 2.5, None, "Other customers came from the same device.";
    NetworkHousehold = "network.household", Neutral 0.0, None, "Of those who share, some have the same family name at the same address, as a family has; what they share weighs a quarter.";
    NetworkCrowd = "network.crowd", Bad 0.8, None, "Many customers of other names have the same address.";
    NetworkBurstIp = "network.burst_ip", Bad 2.4, None, "Many customers came from the same IP address within a short time.";
    NetworkBurstDevice = "network.burst_device", Bad 2.0, None, "Many customers came from the same device within a short time.";
    NetworkBurstDomain = "network.burst_domain", Bad 2.0, None, "Many customers came with the same uncommon e-mail domain within a short time.";
    NetworkAlone = "network.alone", Good 0.3, None, "Nobody else shares phone, e-mail address, document or device.";
}

impl SignalName {
    /// The tag that the fact is told under, whether it fails it or not; none for those that only move the score.
    #[must_use]
    pub fn family(self) -> Option<Tag> {
        match self.as_str().split_once('.')?.0 {
            "ssn" => Some(Tag::Ssn),
            "birth_date" => Some(Tag::BirthDate),
            "address" => Some(Tag::Address),
            "phone" => Some(Tag::Phone),
            "email" => Some(Tag::Email),
            "network" => Some(Tag::FraudReports),
            _ => None,
        }
    }

    /// Reads [`Self::as_str`] back.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|name| name.as_str() == text)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_name_has_a_word_and_a_reason_of_its_own_and_a_weight_that_fits_its_bearing() {
        let words: BTreeSet<_> = SignalName::ALL.iter().map(|name| name.as_str()).collect();
        assert_eq!(words.len(), SignalName::ALL.len());
        for &name in SignalName::ALL {
            assert_eq!(SignalName::parse(name.as_str()), Some(name));
            assert_eq!(name.default_weight() > 0.0, name.bearing() != Bearing::Neutral, "{name:?}");
            assert!(name.fails().is_none() || name.bearing() == Bearing::Bad, "{name:?} fails a tag and speaks for it");
            assert!(name.fails().is_none() || name.fails() == name.family());
            assert!(name.reason().ends_with('.') && name.reason().is_ascii());
        }
    }

    #[test]
    fn what_lowers_the_score_without_failing_a_tag() {
        for name in [SignalName::AddressPoBox, SignalName::PhoneTollFree, SignalName::EmailRole] {
            assert_eq!((name.bearing(), name.fails()), (Bearing::Bad, None));
        }
    }
}
