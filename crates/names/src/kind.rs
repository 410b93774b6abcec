//! What kind of name it is: it decides how the words are read.

/// What a name belongs to. It decides how the name is read: "AG" is a legal form of a company, not of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// A natural person.
    Person,
    /// A company, authority, armed group or other body.
    Organisation,
    /// A vessel, aircraft or other thing with a name of its own.
    Object,
    /// Not known which; read as a person where it looks like one, otherwise as an organisation.
    Any,
}

impl Kind {
    /// Under whose rules two names are compared, given the kind of each.
    pub(crate) fn meet(self, other: Self) -> Self {
        match (self, other) {
            (one, two) if one == two => one,
            (Self::Any, known) | (known, Self::Any) => known,
            (Self::Person, _) | (_, Self::Person) => Self::Any,
            _ => Self::Organisation,
        }
    }
}
