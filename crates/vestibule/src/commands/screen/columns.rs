//! Which column of the input says what, by its name.

use csv::StringRecord;
use watchlists::screening::{Query, QueryParts};
use watchlists::{Country, CountryRole, DateRange, Gender, Identifier, IdentifierKind, Schema, country};

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

    /// One row as a party with its id; the row's number where it has none.
    pub fn party(&self, row: usize, record: &StringRecord) -> (String, Query) {
        let mut id = String::new();
        let mut query = Query::default();
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
                What::Schema => query.schema = schema(cell),
                What::BirthDate => query.birth_date = DateRange::parse_iso(cell),
                What::BirthPlace => query.birth_places.push(cell.to_owned()),
                What::Gender => query.gender = gender(cell),
                What::Country(role) => {
                    let codes = cell.split(';').filter_map(|text| country::code(text.trim()));
                    query.countries.extend(codes.map(|code| Country { code: code.to_owned(), role }));
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
        // A file of people is what is screened unless it says otherwise.
        query.schema = query.schema.or(Some(Schema::Person));
        let id = if id.is_empty() { (row + 1).to_string() } else { id };
        (id, query)
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
        _ => Schema::Thing,
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
        let (id, query) = columns.party(0, &record);
        assert_eq!((id.as_str(), query.names.as_slice()), ("7", &["Ann Lee".to_owned()][..]));
        assert_eq!(query.birth_date.map(|date| date.to_string()).as_deref(), Some("1980-05"));
        assert_eq!(query.countries.first().map(|country| country.code.as_str()), Some("fr"));
        assert_eq!(query.identifiers.len(), 1);
        assert!(Columns::of(&StringRecord::from(vec!["id", "colour"])).is_err());
    }
}
