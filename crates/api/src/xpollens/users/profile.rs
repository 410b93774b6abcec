//! What is said of a person, in the body of either version: the newer one (`profile`, words) and the older one (numbers, a
//! time behind the day, the country beside the profile). Members are known in any case ([`crate::xpollens::body`]).

use jiff::civil::Date;
use onboarding::Pii;
use onboarding::admission::person::{AppUserId, Birth, Civility};
use onboarding::records::Address;
use serde_json::{Map, Value};

use crate::fields::{Fault, Field, Object};
use crate::readers::{EMAIL_CHARS_MAX, adult_birth_date, e164, email, name};
use crate::xpollens::words;

/// The member of a customer's attributes that is this dialect's.
pub const ATTRIBUTES: &str = "xpollens";
/// The vendor's bound for an alias.
const ALIAS_CHARS_MAX: usize = 32;
/// Longest text of an address or a place, in characters. The vendor gives no bound.
const PLACE_CHARS_MAX: usize = 255;
/// Longest postal code, in characters.
const ZIP_CHARS_MAX: usize = 16;
/// Longest telephone number with everything that is written between digits.
const PHONE_CHARS_MAX: usize = 40;
/// Most roles of somebody, and most types of a role.
const ROLES_MAX: usize = 20;
/// What an address is for.
const HOME: &str = "Home";

/// What is said of a person; what is left out is not said.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Profile {
    /// How it is addressed.
    pub civility: Option<Civility>,
    /// First name.
    pub first_name: Option<Pii<String>>,
    /// Family name.
    pub last_name: Option<Pii<String>>,
    /// Day of birth.
    pub birth_date: Option<Pii<Date>>,
    /// What else is known of the birth.
    pub birth: Birth,
    /// ISO 3166-1 alpha-2 in lower case.
    pub nationality: Option<Pii<String>>,
    /// In E.164.
    pub phone: Option<Pii<String>>,
    /// E-mail address.
    pub email: Option<Pii<String>>,
    /// Where it lives.
    pub address: Option<Address>,
    /// What the dialect keeps for itself.
    pub facts: Map<String, Value>,
}

/// The id in a body.
#[must_use]
pub fn app_user_id(field: &Field<'_, '_>) -> Option<AppUserId> {
    field.parsed(usize::MAX, |text| {
        AppUserId::parse(text).ok_or(Fault::Format("9 to 30 characters out of 0-9 a-z A-Z _ - . ! ( )"))
    })
}

/// Reads `profile` and what stands beside it. Who is new has a name and a birth date.
#[must_use]
pub fn read(body: &Object<'_>, is_new: bool, today: Date) -> Option<Profile> {
    let field = body.field("profile");
    let profile = if is_new { field.required().object() } else { field.object() };
    let Some(profile) = profile else {
        return (!is_new).then(Profile::default);
    };
    let must = |name| if is_new { profile.field(name).required() } else { profile.field(name) };
    let mut facts = Map::new();
    let mut keep = |name: &str, value: Option<Value>| facts.extend(value.map(|value| (name.to_owned(), value)));
    let civility = civility(&profile.field("civility"));
    let (first_name, last_name) = (name(&must("firstName")), name(&must("lastName")));
    let birth = Birth {
        name: name(&profile.field("birthName")).map(Pii),
        city: profile.field("birthCity").text(PLACE_CHARS_MAX).map(Pii),
        postal_code: profile.field("birthZipCode").text(ZIP_CHARS_MAX).map(Pii),
        country: profile.field("birthCountry").country().map(|code| Pii(code.to_owned())),
    };
    let birth_date = adult_birth_date(&must("birthDate"), today);
    french_zip(&profile.field("birthZipCode"), birth.country.as_deref(), birth.postal_code.as_deref());
    let nationality = profile.field("nationality").country();
    let phone = profile.field("phoneNumber").parsed(PHONE_CHARS_MAX, phone);
    let email = profile.field("email").parsed(EMAIL_CHARS_MAX, reachable);
    keep("alias", profile.field("alias").text(ALIAS_CHARS_MAX).map(Value::from));
    let country = body.field("countryCode").country();
    let address = profile.field("address").object().and_then(|sent| address(&sent, country));
    keep("roles", roles(body));
    Some(Profile {
        civility,
        first_name: first_name.map(Pii),
        last_name: last_name.map(Pii),
        birth_date: birth_date.map(Pii),
        birth,
        nationality: nationality.map(|code| Pii(code.to_owned())),
        phone: phone.map(Pii),
        email: email.map(Pii),
        address,
        facts,
    })
}

/// A word, or the number that the older version has for it.
fn civility(field: &Field<'_, '_>) -> Option<Civility> {
    let value = field.value()?;
    let found = match (value.as_u64(), value.as_str()) {
        (Some(number), _) => usize::try_from(number).ok().and_then(|at| words::CIVILITIES.get(at).copied()),
        (_, Some(text)) => {
            let text = text.trim();
            words::CIVILITIES.into_iter().find(|known| words::civility(*known).eq_ignore_ascii_case(text))
        }
        _ => None,
    };
    if found.is_none() {
        field.refuse(Fault::Unknown(words::CIVILITIES.into_iter().map(words::civility).collect()));
    }
    found
}

/// A number in E.164; the two zeros that the older version shows in place of the plus are taken for one.
fn phone(text: &str) -> Result<String, Fault> {
    let plain: String = text.chars().filter(|c| !matches!(c, ' ' | '.' | '-')).collect();
    e164(&plain.strip_prefix("00").map_or_else(|| plain.clone(), |rest| format!("+{rest}")))
}

/// An address that is not for throwing away: the vendor says `Invalid e-mail` to those.
fn reachable(text: &str) -> Result<String, Fault> {
    let address = email(text)?;
    let domain = address.rsplit('@').next().unwrap_or_default();
    if onboarding::signals::email::is_disposable(domain) {
        return Err(Fault::Format("an e-mail address that lasts (Invalid e-mail)"));
    }
    Ok(address)
}

/// A French postal code has five digits.
fn french_zip(field: &Field<'_, '_>, country: Option<&String>, zip: Option<&String>) {
    let (Some(country), Some(zip)) = (country, zip) else { return };
    let fits = zip.len() == 5 && zip.bytes().all(|byte| byte.is_ascii_digit());
    if country == "fr" && !fits {
        field.refuse(Fault::Format("a French postal code: five digits"));
    }
}

/// An address: the street, and two supplements that keep their places.
fn address(sent: &Object<'_>, beside: Option<&'static str>) -> Option<Address> {
    let part = |name| sent.field(name).text(PLACE_CHARS_MAX);
    let lines = [sent.field("street").required().text(PLACE_CHARS_MAX), part("supplementIn"), part("supplementOut")];
    let city = sent.field("city").required().text(PLACE_CHARS_MAX);
    let zip = sent.field("zipCode").text(ZIP_CHARS_MAX);
    let area = part("area");
    let named = sent.field("country");
    let country = if named.is_there() { named.country() } else { beside };
    if country.is_none() && !named.is_there() {
        named.refuse(Fault::Missing);
    }
    let country = country.map(str::to_owned);
    french_zip(&sent.field("zipCode"), country.as_ref(), zip.as_ref());
    let said = lines.iter().rposition(Option::is_some).map_or(0, |last| last + 1);
    Some(Address {
        kind: HOME.to_owned(),
        classification: None,
        street: lines.into_iter().take(said).map(|line| Pii(line.unwrap_or_default())).collect(),
        city: Some(Pii(city?)),
        state: area,
        postal_code: zip.map(Pii),
        country: country?,
    })
}

/// The roles, as they were said: nothing here depends on them.
fn roles(body: &Object<'_>) -> Option<Value> {
    let roles = body.field("roles").list(ROLES_MAX)?;
    let roles = roles.each(|item| {
        let role = item.object()?;
        let mut said = Map::new();
        said.extend(role.field("dependenceId").text(64).map(|id| ("dependenceId".to_owned(), id.into())));
        if let Some(types) = role.field("types").list(ROLES_MAX) {
            said.insert("types".to_owned(), types.each(|of| of.text(64)).into());
        }
        Some(Value::Object(said))
    });
    Some(roles.into())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use serde_json::json;

    use super::*;
    use crate::xpollens::body::Payload;

    fn read_of(body: Value) -> Result<Profile, String> {
        let payload = Payload::of(body).expect("no member twice");
        let mistakes = crate::fields::Mistakes::default();
        let read = read(&mistakes.object(&payload.0), true, date(2026, 11, 22));
        mistakes.settle(read).map_err(|found| found.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))
    }

    fn newer() -> Value {
        json!({ "profile": {
            "civility": "Mrs", "firstName": "Marie", "lastName": "Martin", "birthName": "Durand",
            "birthDate": "1990-05-15", "birthCity": "Lyon", "birthZipCode": "69001", "birthCountry": "FR",
            "nationality": "FR", "phoneNumber": "+33612345678", "email": "marie@bank.example",
            "address": { "street": "1 rue de la Paix", "supplementOut": "Bat B", "zipCode": "75002", "city": "Paris",
                "country": "FR", "area": "IDF" } } })
    }

    #[test]
    fn both_versions_say_the_same() {
        let older = json!({ "CountryCode": "FR", "PROFILE": {
            "civility": 1, "firstname": "Marie", "lastname": "Martin", "birthname": "Durand",
            "birthdate": "1990-05-15T00:00:00", "BirthCity": "Lyon", "birthzipcode": "69001", "BirthCountry": "FR",
            "nationality": "FR", "Phonenumber": "0033612345678", "Email": "marie@bank.example",
            "address": { "street": "1 rue de la Paix", "supplementout": "Bat B", "zipcode": "75002", "city": "Paris",
                "area": "IDF" } } });
        let read = read_of(newer()).expect("whole");
        assert_eq!(read_of(older), Ok(read.clone()));
        assert_eq!(read.address.expect("said").street.len(), 3);
        assert_eq!(read.civility, Some(Civility::Mrs));
    }

    #[test]
    fn each_field_is_looked_at() {
        for (field, value, says) in [
            ("civility", json!(3), "profile.civility must be one of Mr, Mrs, Miss"),
            ("civility", json!("Dr"), "profile.civility must be one of Mr, Mrs, Miss"),
            ("firstName", json!(""), "profile.firstName is required"),
            ("lastName", json!("123"), "profile.lastName must be a name"),
            ("birthName", json!(7), "profile.birthName must be a string"),
            ("birthDate", json!("2010-01-01"), "profile.birthDate must be a date at least 18 years ago"),
            ("birthDate", json!("15/05/1990"), "profile.birthDate must be a date that exists, written YYYY-MM-DD"),
            ("birthCity", json!("x".repeat(256)), "profile.birthCity must have at most 255 characters"),
            ("birthZipCode", json!("6900"), "profile.birthZipCode must be a French postal code: five digits"),
            ("birthCountry", json!("France"), "profile.birthCountry must be an ISO 3166-1 alpha-2 country code"),
            ("nationality", json!("XX"), "profile.nationality must be an ISO 3166-1 alpha-2 country code"),
            (
                "phoneNumber",
                json!("0612345678"),
                "profile.phoneNumber must be a phone number in E.164: + and 8 to 15 digits",
            ),
            ("email", json!("marie"), "profile.email must be an e-mail address"),
            ("email", json!("m@yopmail.com"), "profile.email must be an e-mail address that lasts (Invalid e-mail)"),
            ("alias", json!("x".repeat(33)), "profile.alias must have at most 32 characters"),
            ("address", json!([]), "profile.address must be an object"),
        ] {
            let mut body = newer();
            body["profile"][field] = value;
            assert_eq!(read_of(body), Err(says.to_owned()), "{field}");
        }
        for (field, value, says) in [
            ("street", json!(null), "profile.address.street is required"),
            ("city", json!(" "), "profile.address.city is required"),
            ("country", json!(null), "profile.address.country is required"),
            ("zipCode", json!("7500"), "profile.address.zipCode must be a French postal code: five digits"),
        ] {
            let mut body = newer();
            body["profile"]["address"][field] = value;
            assert_eq!(read_of(body), Err(says.to_owned()), "{field}");
        }
        assert_eq!(read_of(json!({})), Err("profile is required".to_owned()));
    }
}
