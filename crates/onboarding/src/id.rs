//! Typed ids, so that a case cannot be passed where a customer is meant.

use std::fmt;

use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.as_hyphenated().fmt(f)
            }
        }

        impl $name {
            /// Reads the hyphenated or plain form.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                Uuid::try_parse(text).ok().map(Self)
            }
        }
    )*};
}

ids! {
    /// One institution.
    TenantId;
    /// One customer of a tenant.
    CustomerId;
    /// One address, phone, e-mail, identification or owner of a customer.
    RecordId;
    /// One question for a person.
    CaseId;
    /// One file of a customer.
    FileId;
    /// One fact in the journal.
    EventId;
    /// What one check saw, once.
    EvidenceId;
}
