//! The ten warning tags of an evaluation, and the seven of a document.

/// One of the ten questions that an evaluation answers about a customer. The order is the one they are told in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Tag {
    /// Whether the social security number can be one, and this person's.
    Ssn,
    /// Whether the birth date can be one, of somebody old enough.
    BirthDate,
    /// Whether the address holds together.
    Address,
    /// Debarments, regulatory actions and adverse media.
    Legal,
    /// Politically exposed persons, their relatives and close associates.
    Pep,
    /// Sanctions lists.
    Sanction,
    /// Others in the network that share what should be one person's.
    FraudReports,
    /// Wanted, crime, special interest and the tenant's own blocklist.
    Watchlists,
    /// Whether the phone number exists and is a person's.
    Phone,
    /// Whether the e-mail address can be reached and stays.
    Email,
}

impl Tag {
    /// Every tag, in the order they are told in.
    pub const ALL: [Self; 10] = [
        Self::Ssn,
        Self::BirthDate,
        Self::Address,
        Self::Legal,
        Self::Pep,
        Self::Sanction,
        Self::FraudReports,
        Self::Watchlists,
        Self::Phone,
        Self::Email,
    ];

    /// The word that is kept and told.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ssn => "ssn",
            Self::BirthDate => "date_of_birth",
            Self::Address => "address",
            Self::Legal => "legal_and_regulatory_warnings",
            Self::Pep => "politically_exposed_person",
            Self::Sanction => "sanction",
            Self::FraudReports => "fraud_reports",
            Self::Watchlists => "watchlists_validation",
            Self::Phone => "phone_number_validation",
            Self::Email => "email_address_validation",
        }
    }

    /// How it is called to a reader.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Ssn => "SSN Integrity",
            Self::BirthDate => "Date of Birth Integrity",
            Self::Address => "Address Integrity",
            Self::Legal => "Legal and Regulatory Warnings",
            Self::Pep => "Politically Exposed Person",
            Self::Sanction => "Sanctions List",
            Self::FraudReports => "Network Fraud Detection",
            Self::Watchlists => "Watchlists Validation",
            Self::Phone => "Phone Number Validation",
            Self::Email => "Email Address Validation",
        }
    }

    /// Reads [`Self::as_str`] back.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tag| tag.as_str() == text)
    }

    /// Whether a person has to look before the customer can pass the KYC evaluation: what a list says, and a
    /// contradiction in the identity itself.
    #[must_use]
    pub const fn asks_for_a_person(self) -> bool {
        matches!(
            self,
            Self::Ssn | Self::BirthDate | Self::Address | Self::Legal | Self::Pep | Self::Sanction | Self::Watchlists
        )
    }
}

/// One of the seven questions that the evaluation of a document answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DocumentTag {
    /// Whether the holder is old enough.
    Age,
    /// Whether the picture can be read at all.
    Image,
    /// Whether the document says what the customer says.
    Comparison,
    /// Whether the document agrees with itself.
    Consistency,
    /// Whether it is known to be lost, stolen or copied.
    Compromised,
    /// Whether it looks real.
    Authenticity,
    /// Whether it is in force and of the kind it is said to be.
    Validation,
}

impl DocumentTag {
    /// Every tag, in the order they are told in.
    pub const ALL: [Self; 7] = [
        Self::Age,
        Self::Image,
        Self::Comparison,
        Self::Consistency,
        Self::Compromised,
        Self::Authenticity,
        Self::Validation,
    ];

    /// The word that is kept and told.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Age => "age_validation",
            Self::Image => "image_integrity",
            Self::Comparison => "data_comparison",
            Self::Consistency => "data_consistency",
            Self::Compromised => "compromised_document",
            Self::Authenticity => "visual_authenticity",
            Self::Validation => "data_validation",
        }
    }

    /// How it is called to a reader.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Age => "Age Validation",
            Self::Image => "Image Integrity",
            Self::Comparison => "Data Comparison",
            Self::Consistency => "Data Consistency",
            Self::Compromised => "Compromised Document",
            Self::Authenticity => "Visual Authenticity",
            Self::Validation => "Data Validation",
        }
    }

    /// Reads [`Self::as_str`] back.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tag| tag.as_str() == text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_read_back_and_stand_in_the_order_they_are_told_in() {
        let words: Vec<_> = Tag::ALL.into_iter().map(Tag::as_str).collect();
        assert_eq!(
            words,
            [
                "ssn",
                "date_of_birth",
                "address",
                "legal_and_regulatory_warnings",
                "politically_exposed_person",
                "sanction",
                "fraud_reports",
                "watchlists_validation",
                "phone_number_validation",
                "email_address_validation"
            ]
        );
        for tag in Tag::ALL {
            assert_eq!(Tag::parse(tag.as_str()), Some(tag));
        }
        for tag in DocumentTag::ALL {
            assert_eq!(DocumentTag::parse(tag.as_str()), Some(tag));
        }
        assert!(Tag::ALL.is_sorted());
    }
}
