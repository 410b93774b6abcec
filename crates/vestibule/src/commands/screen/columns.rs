//! Which column of the input says what, by its name.

use csv::StringRecord;
use watchlists::screening::{Query, QueryParts};
use watchlists::{Country, CountryRole, Gender, Identifier, IdentifierKind, Schema, country};

use super::date;
use super::unread::Unread;

/// One row of the file.
pub struct Party {
    /// What it is called in the output.
    pub id: String,
    /// What is asked.
    pub query: Query,
    /// What the row says and cannot be asked.
    pub unread: Vec<Unread>,
}

/// The columns that are there, by what they say.
pub struct Columns(Vec<(usize, What)>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    Id,
    Name,
    First,
    Middle,
    Last,
    Alias,
    Schema,
    BirthDate,
    BirthPlace,
    Gender,
    Country(CountryRole),
    Address,
    Identifier(IdentifierKind),
}

impl What {
    fn of(column: &str) -> Option<Self> {
        let word: String = column.chars().filter(char::is_ascii_alphanumeric).collect();
        Some(match word.to_ascii_lowercase().as_str() {
            "id" | "customerid" => Self::Id,
            "name" | "fullname" => Self::Name,
            "firstname" | "givenname" | "givennames" => Self::First,
            "middlename" | "secondname" | "patronymic" => Self::Middle,
            "lastname" | "familyname" | "surname" => Self::Last,
            "alias" | "aliases" => Self::Alias,
            "schema" | "type" => Self::Schema,
            "dateofbirth" | "birthdate" | "dob" => Self::BirthDate,
            "placeofbirth" | "birthplace" | "pob" => Self::BirthPlace,
            "gender" | "sex" => Self::Gender,
            "nationality" | "citizenship" => Self::Country(CountryRole::Nationality),
            "country" | "residence" | "countryofresidence" => Self::Country(CountryRole::Residence),
            "jurisdiction" | "flag" => Self::Country(CountryRole::Jurisdiction),
            "address" => Self::Address,
            "passport" | "passportnumber" => Self::Identifier(IdentifierKind::Passport),
            "nationalid" | "idnumber" => Self::Identifier(IdentifierKind::NationalId),
            "taxid" | "ssn" | "tin" => Self::Identifier(IdentifierKind::TaxId),
            "registrationnumber" => Self::Identifier(IdentifierKind::Registration),
            "lei" => Self::Identifier(IdentifierKind::Lei),
            "bic" | "swift" => Self::Identifier(IdentifierKind::Bic),
            "imo" | "imonumber" => Self::Identifier(IdentifierKind::Imo),
            "wallet" | "cryptowallet" => Self::Identifier(IdentifierKind::Wallet),
            _ => return None,
        })
    }
}

impl Columns {
    /// Reads the header.
    ///
    /// # Errors
    /// A header without any name.
    pub fn of(header: &StringRecord) -> anyhow::Result<Self> {
        let known = header.iter().enumerate().filter_map(|(at, column)| What::of(column).map(|what| (at, what)));
        let columns: Vec<(usize, What)> = known.collect();
        let has = |what| columns.iter().any(|(_, known)| *known == what);
        if !has(What::Name) && !has(What::Last) {
            anyhow::bail!("the file needs a column `name`, `full_name`, or `first_name` and `last_name`");
        }
        Ok(Self(columns))
    }

    /// One row as a party; its id is the row's number where it has none.
    pub fn party(&self, row: usize, record: &StringRecord) -> Party {
        let mut id = String::new();
        let mut query = Query { schema: Some(Schema::Person), ..Query::default() };
        let mut unread = Vec::new();
        let mut parts = QueryParts::default();
        let cells = self.0.iter().filter_map(|(at, what)| record.get(*at).map(|cell| (*what, cell.trim())));
        for (what, cell) in cells.filter(|(_, cell)| !cell.is_empty()) {
            match what {
                What::Id => cell.clone_into(&mut id),
                What::Name => query.names.insert(0, cell.to_owned()),
                What::First => cell.clone_into(&mut parts.given),
                What::Middle => cell.clone_into(&mut parts.middle),
                What::Last => cell.clone_into(&mut parts.family),
                What::Alias => query.names.extend(cell.split(';').map(|alias| alias.trim().to_owned())),
                What::Schema => {
                    // Of an unknown kind: compared with every kind of entity.
                    query.schema = schema(cell);
                    unread.extend(query.schema.is_none().then_some(Unread::Schema));
                }
                What::BirthDate => {
                    query.birth_date = date::parse(cell);
                    unread.extend(query.birth_date.is_none().then_some(Unread::BirthDate));
                }
                What::BirthPlace => query.birth_places.push(cell.to_owned()),
                What::Gender => query.gender = gender(cell),
                What::Country(role) => {
                    for text in cell.split(';').map(str::trim).filter(|text| !text.is_empty()) {
                        match country::code(text) {
                            Some(code) => query.countries.push(Country { code: code.to_owned(), role }),
                            None => unread.push(Unread::Country),
                        }
                    }
                }
                What::Address => query.addresses.push(cell.to_owned()),
                What::Identifier(kind) => {
                    let value = cell.to_owned();
                    query.identifiers.push(Identifier { kind, value, country: None, label: None });
                }
            }
        }
        let has_parts = !parts.given.is_empty() || !parts.family.is_empty();
        query.parts = has_parts.then_some(parts);
        if !query.is_comparable() {
            unread.push(if query.identifiers.is_empty() { Unread::Everything } else { Unread::Name });
        }
        unread.dedup();
        let id = if id.is_empty() { (row + 1).to_string() } else { id };
        Party { id, query, unread }
    }
}

fn schema(text: &str) -> Option<Schema> {
    Some(match text.to_ascii_lowercase().as_str() {
        "person" | "individual" => Schema::Person,
        "company" => Schema::Company,
        "organization" | "organisation" | "publicbody" => Schema::Organization,
        "vessel" | "ship" => Schema::Vessel,
        "airplane" | "aircraft" => Schema::Airplane,
        "cryptowallet" => Schema::CryptoWallet,
        "address" => Schema::Address,
        "legalentity" | "entity" => Schema::LegalEntity,
        "thing" | "vehicle" => Schema::Thing,
        _ => return None,
    })
}

fn gender(text: &str) -> Option<Gender> {
    match text.to_ascii_lowercase().as_str() {
        "f" | "female" => Some(Gender::Female),
        "m" | "male" => Some(Gender::Male),
        "" | "unknown" => None,
        _ => Some(Gender::Other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_found_by_name() {
        let header = StringRecord::from(vec!["Full Name", "date_of_birth", "nationality", "ID", "colour", "passport"]);
        let columns = Columns::of(&header).expect("a name");
        let record = StringRecord::from(vec!["Ann Lee", "1980-05", "France", "7", "red", "X1"]);
        let Party { id, query, unread } = columns.party(0, &record);
        assert_eq!(unread, []);
        assert_eq!((id.as_str(), query.names.as_slice()), ("7", &["Ann Lee".to_owned()][..]));
        assert_eq!(query.birth_date.map(|date| date.to_string()).as_deref(), Some("1980-05"));
        assert_eq!(query.countries.first().map(|country| country.code.as_str()), Some("fr"));
        assert_eq!(query.identifiers.len(), 1);
        assert!(Columns::of(&StringRecord::from(vec!["id", "colour"])).is_err());
    }

    #[test]
    fn what_cannot_be_read_is_told() {
        let header = StringRecord::from(vec!["name", "schema", "dob", "country", "passport"]);
        let columns = Columns::of(&header).expect("a name");
        let unread = |cells: [&str; 5]| columns.party(0, &StringRecord::from(cells.to_vec())).unread;
        assert_eq!(unread(["Ann Lee", "", "", "", ""]), []);
        assert_eq!(unread(["Ann Lee", "Pudding", "", "", ""]), [Unread::Schema]);
        assert_eq!(unread(["Ann Lee", "", "07/10/1952", "", ""]), [Unread::BirthDate]);
        assert_eq!(unread(["Ann Lee", "", "", "France; Atlantis;Lemuria;", ""]), [Unread::Country]);
        assert_eq!(unread(["", "", "", "", ""]), [Unread::Everything]);
        assert_eq!(unread([" - ", "", "", "", ""]), [Unread::Everything]);
        assert_eq!(unread(["", "", "", "", "X1"]), [Unread::Name]);
        let pudding = columns.party(0, &StringRecord::from(vec!["Ann Lee", "Pudding"])).query;
        assert_eq!(pudding.schema, None, "compared with everything");
    }
}
