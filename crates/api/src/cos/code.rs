//! Every error code of the dialect. The vendor fixes the ranges (1000 validation, 2000 business rule, 3000 security,
//! 9999 system) and one example; what a number within them means is fixed here, once, and told in `docs/COS.md`.
//!
//! To add one: take the next free number of its range, say what it means, give it its status, add it to [`Code::ALL`]
//! and to the table in `docs/COS.md`; a test compares the two. A number that was once given out keeps its meaning.

use http::StatusCode;

/// What went wrong, as a number that a program can tell apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u16)]
pub enum Code {
    /// A field that must be there is missing or blank.
    Required = 1000,
    /// A field is of another JSON type than it must be.
    WrongType = 1001,
    /// A field has too many characters.
    TooLong = 1002,
    /// A field is none of the words it may be.
    UnknownWord = 1003,
    /// A field is not written as it must be.
    Malformed = 1004,
    /// A field lies outside of its bounds.
    OutOfRange = 1005,
    /// A field holds control characters.
    ControlCharacters = 1006,
    /// Two fields contradict each other.
    Contradiction = 1007,
    /// The body is no JSON that is read here.
    BadJson = 1010,
    /// The body is too large.
    BodyTooLarge = 1011,
    /// The body is of another media type.
    MediaType = 1012,
    /// A request header is not as it must be.
    BadHeader = 1013,
    /// The callback URL is none that may be called.
    BadCallbackUrl = 1014,
    /// There is no such thing, or it is another partner's.
    NotFound = 2000,
    /// There is no such path.
    NoSuchPath = 2001,
    /// The path does not know the method.
    NoSuchMethod = 2002,
    /// A request with the same idempotency key is running.
    InFlight = 2003,
    /// Others are changing the same thing; try again.
    Conflict = 2004,
    /// The partner has a registration for this event.
    AlreadyRegistered = 2005,
    /// The customer has as many records of this kind as it may.
    TooManyRecords = 2006,
    /// Only a business has beneficial owners.
    NoBusiness = 2007,
    /// The owner is no personal customer of this partner.
    NoPerson = 2008,
    /// The customer is an owner already.
    OwnerTwice = 2009,
    /// The owners would own more than the whole.
    OverOwned = 2010,
    /// What is fixed once and for all cannot change.
    Unchangeable = 2011,
    /// The thing is not in a state in which this can be done.
    WrongState = 2012,
    /// No bearer token was sent.
    NoToken = 3000,
    /// The bearer token is unknown or expired.
    BadToken = 3001,
    /// The partner id is not the caller's.
    OtherPartner = 3002,
    /// The server could not do it; nothing is wrong with the request.
    System = 9999,
}

impl Code {
    /// Every code.
    pub const ALL: [Self; 30] = [
        Self::Required,
        Self::WrongType,
        Self::TooLong,
        Self::UnknownWord,
        Self::Malformed,
        Self::OutOfRange,
        Self::ControlCharacters,
        Self::Contradiction,
        Self::BadJson,
        Self::BodyTooLarge,
        Self::MediaType,
        Self::BadHeader,
        Self::BadCallbackUrl,
        Self::NotFound,
        Self::NoSuchPath,
        Self::NoSuchMethod,
        Self::InFlight,
        Self::Conflict,
        Self::AlreadyRegistered,
        Self::TooManyRecords,
        Self::NoBusiness,
        Self::NoPerson,
        Self::OwnerTwice,
        Self::OverOwned,
        Self::Unchangeable,
        Self::WrongState,
        Self::NoToken,
        Self::BadToken,
        Self::OtherPartner,
        Self::System,
    ];

    /// The number on the wire.
    #[must_use]
    pub const fn number(self) -> u16 {
        self as u16
    }

    /// The HTTP status that goes with it; for [`Self::System`] the one of a bug, where nothing better is known.
    #[must_use]
    pub const fn status(self) -> StatusCode {
        match self {
            Self::BodyTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::MediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::NotFound | Self::NoSuchPath => StatusCode::NOT_FOUND,
            Self::NoSuchMethod => StatusCode::METHOD_NOT_ALLOWED,
            Self::InFlight | Self::Conflict | Self::AlreadyRegistered | Self::OwnerTwice | Self::WrongState => {
                StatusCode::CONFLICT
            }
            Self::NoToken | Self::BadToken => StatusCode::UNAUTHORIZED,
            Self::OtherPartner => StatusCode::FORBIDDEN,
            Self::System => StatusCode::INTERNAL_SERVER_ERROR,
            _ => StatusCode::BAD_REQUEST,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_number_has_one_meaning_within_the_vendors_ranges() {
        let numbers: BTreeSet<u16> = Code::ALL.iter().map(|code| code.number()).collect();
        assert_eq!(numbers.len(), Code::ALL.len());
        assert!(numbers.iter().all(|number| matches!(number, 1000..=3999 | 9999)));
    }

    #[test]
    fn the_documentation_lists_exactly_these() {
        let documentation = include_str!("../../../../docs/COS.md");
        let rows = documentation.lines().filter_map(|line| {
            let mut cells = line.strip_prefix("| ")?.split(" | ");
            Some((cells.next()?.parse::<u16>().ok()?, cells.next()?.to_owned()))
        });
        let documented: Vec<(u16, String)> = rows.collect();
        let known: Vec<(u16, String)> =
            Code::ALL.iter().map(|code| (code.number(), code.status().as_u16().to_string())).collect();
        assert_eq!(documented, known);
    }
}
