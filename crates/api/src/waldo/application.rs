//! What an onboarding says, read into domain values: the first field that is not as it must be is the one that is told.

use std::net::IpAddr;

use jiff::civil::Date;
use onboarding::evaluation::Origin;
use onboarding::party::{Person, PersonName};
use onboarding::records::{Address, Email, Phone};
use onboarding::tax_id::{TaxId, TaxIdKind};
use onboarding::{Party, Pii};
use serde_json::{Map, Value, json};

use super::error::Problem;

/// Longest name, street and city.
const TEXT_CHARS_MAX: usize = 200;
/// Longest e-mail address (RFC 5321, section 4.5.3.1.3, without the brackets).
const EMAIL_CHARS_MAX: usize = 254;
/// Longest id of the caller's, and longest device id.
const ID_CHARS_MAX: usize = 200;
/// Digits of a telephone number: ITU-T E.164 has at most 15; less than 7 is no subscriber's.
const PHONE_DIGITS: std::ops::RangeInclusive<usize> = 7..=15;

/// An onboarding as it is asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Application {
    /// Who it is.
    pub party: Party,
    /// The caller's id for it.
    pub external_id: Option<Pii<String>>,
    /// Where it lives.
    pub address: Address,
    /// Its telephone.
    pub phone: Phone,
    /// Its e-mail.
    pub email: Email,
    /// From where it came.
    pub source: Origin,
    /// Whether a fraud check is asked for.
    pub fraud_check: bool,
    /// Whether a first answer about its identity is asked for.
    pub express: bool,
    /// The options as they were sent, to be sent back.
    pub options: Option<Options>,
    /// What is kept for telling it as it was sent.
    pub attributes: Map<String, Value>,
}

/// The newer way to ask for checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Whether a fraud check is asked for.
    pub fraud_check: bool,
    /// Whether a first answer about the identity is asked for, if it was said.
    pub express: Option<bool>,
}

/// Reads a body, in the order of the vendor's table.
///
/// # Errors
/// The first field that is missing or not as it must be.
pub fn read(body: &Value, today: Date) -> Result<Application, Problem> {
    let body = Fields { members: body.as_object().ok_or_else(|| Problem::invalid("body"))?, path: "" };
    let first = body.text("firstName", TEXT_CHARS_MAX)?;
    let last = body.text("lastName", TEXT_CHARS_MAX)?;
    let official = body.object("officialId")?;
    let tax_id = official_id(&official)?;
    let email = body.parsed("email", EMAIL_CHARS_MAX, email)?;
    let phone = body.parsed("phone", 40, phone)?;
    let birth_date = body.parsed("dob", 10, |text| date(text).filter(|born| *born <= today))?;
    let street = body.text("address", TEXT_CHARS_MAX)?;
    let city = body.text("city", TEXT_CHARS_MAX)?;
    let state = body.parsed("state", 2, state)?;
    let country = match body.get("country") {
        Some(_) => body.parsed("country", 2, country)?,
        None => "us",
    };
    let zip = body.parsed("zipCode", 12, |text| zip(text, country))?;
    let external_id = external_id(&body)?;
    let flag = body.flag("includeFraudCheck")?;
    let options = body.opt_object("options")?.map(|options| {
        let fraud_check = options.flag("includeFraudCheck")?.or(flag).unwrap_or(false);
        Ok::<_, Problem>(Options { fraud_check, express: options.flag("useExpressKYC")? })
    });
    let options = options.transpose()?;
    let ip = ip_address(&body)?;
    let ip_country = match body.get("ipCountry") {
        Some(_) => Some(body.parsed("ipCountry", 2, self::country)?.to_owned()),
        None => None,
    };
    let device = body.opt_text("deviceId", ID_CHARS_MAX)?.map(Pii);
    let mut attributes = Map::new();
    attributes.insert("country".to_owned(), json!(country.to_ascii_uppercase()));
    Ok(Application {
        party: Party::Person(Person {
            name: PersonName { first: Pii(first), last: Pii(last), ..PersonName::default() },
            birth_date: Some(Pii(birth_date)),
            citizenship: None,
            tax_id: Some(tax_id),
            declared_pep: false,
        }),
        external_id,
        address: Address {
            kind: "Home".to_owned(),
            classification: None,
            street: vec![Pii(street)],
            city: Some(Pii(city)),
            state: Some(state),
            postal_code: Some(Pii(zip)),
            country: country.to_owned(),
        },
        phone: Phone { kind: "Mobile".to_owned(), number: Pii(phone), extension: None },
        email: Email { kind: "Personal".to_owned(), address: Pii(email) },
        source: Origin { ip: ip.map(Pii), ip_country, device },
        fraud_check: options.map_or(flag.unwrap_or(false), |options| options.fraud_check),
        express: options.is_some_and(|options| options.express == Some(true)),
        options,
        attributes,
    })
}

/// A Social Security number of the United States: the only document that the vendor's pages show.
fn official_id(official: &Fields<'_>) -> Result<TaxId, Problem> {
    official.parsed("docType", 20, |text| text.eq_ignore_ascii_case("SSN").then_some(()))?;
    let number = official.parsed("value", 20, |text| TaxId::parse(TaxIdKind::Ssn, text).ok())?;
    official.parsed("country", 3, |text| {
        ["US", "USA"].iter().any(|known| text.eq_ignore_ascii_case(known)).then_some(())
    })?;
    // How it is written makes no difference: what is kept are the digits.
    official.opt_text("format", 40)?;
    Ok(number)
}

/// The caller's id has two names; both may be sent if they say the same.
fn external_id(body: &Fields<'_>) -> Result<Option<Pii<String>>, Problem> {
    let old = body.opt_text("entityId", ID_CHARS_MAX)?;
    let new = body.opt_text("externalId", ID_CHARS_MAX)?;
    match (old, new) {
        (Some(old), Some(new)) if old != new => Err(Problem::invalid("externalId")),
        (old, new) => Ok(new.or(old).map(Pii)),
    }
}

/// The vendor's table calls it a Boolean; everybody sends an address. A Boolean says nothing.
fn ip_address(body: &Fields<'_>) -> Result<Option<IpAddr>, Problem> {
    match body.get("ipAddress") {
        Some(Value::Bool(_)) | None => Ok(None),
        Some(_) => {
            let text = body.opt_text("ipAddress", 64)?;
            text.map(|text| text.parse().map_err(|_| Problem::invalid("ipAddress"))).transpose()
        }
    }
}

/// A day written `yyyy-MM-dd` that the calendar has.
#[must_use]
pub fn date(text: &str) -> Option<Date> {
    let shaped = text.len() == 10
        && text.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    if shaped { text.parse().ok() } else { None }
}

/// The form of an e-mail address: one `@`, something before it, and a domain of labels behind it.
fn email(text: &str) -> Option<String> {
    let (local, domain) = text.rsplit_once('@')?;
    let local_fits = (1..=64).contains(&local.len())
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..")
        && local.chars().all(|c| c.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c));
    let label_fits = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_alphanumeric() || c == '-')
    };
    let labels: Vec<&str> = domain.split('.').collect();
    let fits = local_fits && labels.len() >= 2 && labels.iter().all(|label| label_fits(label));
    fits.then(|| text.to_owned())
}

/// A telephone number without its punctuation.
fn phone(text: &str) -> Option<String> {
    let plus = text.starts_with('+');
    let rest = text.strip_prefix('+').unwrap_or(text);
    if !rest.chars().all(|c| c.is_ascii_digit() || " ()-.".contains(c)) {
        return None;
    }
    let digits: String = rest.chars().filter(char::is_ascii_digit).collect();
    let number = if plus { format!("+{digits}") } else { digits.clone() };
    PHONE_DIGITS.contains(&digits.len()).then_some(number)
}

fn state(text: &str) -> Option<String> {
    let fits = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_alphabetic());
    fits.then(|| text.to_ascii_uppercase())
}

fn country(text: &str) -> Option<&'static str> {
    let code = onboarding::country::code(text)?;
    (text.len() == 2 && code.eq_ignore_ascii_case(text)).then_some(code)
}

/// Five digits or nine (`12345-6789`) in the United States; elsewhere letters, digits, blanks and dashes.
fn zip(text: &str, country: &str) -> Option<String> {
    let digits = |part: &str, count| part.len() == count && part.bytes().all(|byte| byte.is_ascii_digit());
    let fits = if country == "us" {
        digits(text, 5) || digits(text, 9) || text.split_once('-').is_some_and(|(a, b)| digits(a, 5) && digits(b, 4))
    } else {
        text.len() >= 2 && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, ' ' | '-'))
    };
    fits.then(|| text.to_owned())
}

/// A JSON object that is read field by field, until one is wrong.
pub struct Fields<'a> {
    members: &'a Map<String, Value>,
    path: &'static str,
}

impl<'a> Fields<'a> {
    /// A whole body.
    #[must_use]
    pub fn of(members: &'a Map<String, Value>) -> Self {
        Self { members, path: "" }
    }

    fn get(&self, name: &str) -> Option<&'a Value> {
        self.members.get(name).filter(|value| !value.is_null())
    }

    fn wrong(&self, name: &str) -> Problem {
        Problem::invalid(&format!("{}{name}", self.path))
    }

    /// A text that may be left out, trimmed; a blank one is left out.
    ///
    /// # Errors
    /// Another type, too many or control characters.
    pub fn opt_text(&self, name: &str, chars_max: usize) -> Result<Option<String>, Problem> {
        let Some(value) = self.get(name) else { return Ok(None) };
        let text = value.as_str().ok_or_else(|| self.wrong(name))?.trim();
        if text.chars().count() > chars_max || text.chars().any(char::is_control) {
            return Err(self.wrong(name));
        }
        Ok((!text.is_empty()).then(|| text.to_owned()))
    }

    fn text(&self, name: &str, chars_max: usize) -> Result<String, Problem> {
        self.opt_text(name, chars_max)?.ok_or_else(|| self.wrong(name))
    }

    fn parsed<T>(&self, name: &str, chars_max: usize, parse: impl FnOnce(&str) -> Option<T>) -> Result<T, Problem> {
        let text = self.text(name, chars_max)?;
        parse(&text).ok_or_else(|| self.wrong(name))
    }

    /// True or false, or left out.
    ///
    /// # Errors
    /// Another type.
    pub fn flag(&self, name: &str) -> Result<Option<bool>, Problem> {
        self.get(name).map(|value| value.as_bool().ok_or_else(|| self.wrong(name))).transpose()
    }

    fn opt_object(&self, name: &'static str) -> Result<Option<Self>, Problem> {
        let Some(value) = self.get(name) else { return Ok(None) };
        let members = value.as_object().ok_or_else(|| self.wrong(name))?;
        let path = match name {
            "officialId" => "officialId.",
            _ => "options.",
        };
        Ok(Some(Self { members, path }))
    }

    fn object(&self, name: &'static str) -> Result<Self, Problem> {
        self.opt_object(name)?.ok_or_else(|| self.wrong(name))
    }
}

#[cfg(test)]
pub(super) mod tests {
    use axum::response::IntoResponse;
    use proptest::prelude::*;

    use super::*;

    const TODAY: Date = jiff::civil::date(2026, 2, 1);

    /// The fields of the seed's table, filled in.
    pub fn body() -> Value {
        json!({
            "firstName": "Paul", "lastName": "Atreides",
            "officialId": {"docType": "SSN", "value": "123-45-6789", "country": "US"},
            "email": "paul.atreides@example.org", "phone": "(212) 555-0123", "dob": "1959-03-14",
            "address": "123 Main Street", "city": "New York", "state": "NY", "zipCode": "10001",
            "entityId": "abcd-123-456-efgh", "includeFraudCheck": true, "ipAddress": "12.34.56.78",
        })
    }

    async fn told(problem: Problem) -> String {
        let body = axum::body::to_bytes(problem.into_response().into_body(), 1000).await.expect("short");
        let body: Value = serde_json::from_slice(&body).expect("JSON");
        body["message"].as_str().expect("a message").to_owned()
    }

    #[test]
    fn the_seeds_fields_are_read() {
        let read = read(&body(), TODAY).expect("the seed's example");
        assert_eq!(read.party.full_name().as_str(), "Paul Atreides");
        assert_eq!(read.party.tax_id().expect("a number").value(), "123456789");
        assert_eq!(read.phone.number.as_str(), "2125550123");
        assert_eq!(read.external_id, Some(Pii("abcd-123-456-efgh".to_owned())));
        assert!(read.fraud_check && !read.express && read.options.is_none());
        assert_eq!(read.source.ip, Some(Pii("12.34.56.78".parse().expect("an address"))));
        assert_eq!(read.address.country, "us");
    }

    #[tokio::test]
    async fn each_field_that_is_wrong_is_named() {
        let cases: &[(&str, &[Value])] = &[
            ("firstName", &[json!(null), json!(""), json!(" "), json!(7), json!("x".repeat(201)), json!("P\u{0}aul")]),
            ("lastName", &[json!(null), json!([])]),
            ("officialId", &[json!(null), json!("123-45-6789"), json!([])]),
            (
                "email",
                &[json!(null), json!("paul"), json!("a@b"), json!("a b@c.org"), json!("@c.org"), json!("a@.org")],
            ),
            (
                "phone",
                &[json!(null), json!("call me"), json!("12345"), json!("1".repeat(16)), json!(2_125_550_123_u64)],
            ),
            ("dob", &[json!(null), json!("14/03/1959"), json!("1959-02-30"), json!("1959-3-14"), json!("2026-02-02")]),
            ("address", &[json!(null), json!("")]),
            ("city", &[json!(null), json!(1)]),
            ("state", &[json!(null), json!("New York"), json!("N"), json!("N1")]),
            ("zipCode", &[json!(null), json!("1000"), json!("ABCDE"), json!("10001-12"), json!(10001)]),
            ("country", &[json!("USA"), json!("ZZ"), json!(1)]),
            ("entityId", &[json!(7), json!("x".repeat(201))]),
            ("externalId", &[json!("another"), json!({})]),
            ("includeFraudCheck", &[json!("true"), json!(1)]),
            ("options", &[json!(true), json!([])]),
            ("ipAddress", &[json!("somewhere"), json!("1.2.3"), json!(12), json!("::g")]),
            ("deviceId", &[json!(1)]),
        ];
        for (field, values) in cases {
            for value in *values {
                let mut body = body();
                body[*field] = value.clone();
                let problem = read(&body, TODAY).expect_err("refused");
                assert_eq!(told(problem).await, format!("Invalid {field}"), "{value}");
            }
        }
        for (field, value) in [
            ("docType", json!("Passport")),
            ("docType", json!(null)),
            ("value", json!("123-45-678")),
            ("value", json!("abc-de-fghi")),
            ("country", json!("CA")),
            ("format", json!(1)),
        ] {
            let mut body = body();
            body["officialId"][field] = value;
            assert_eq!(told(read(&body, TODAY).expect_err("refused")).await, format!("Invalid officialId.{field}"));
        }
        let mut both = body();
        both["lastName"] = json!(null);
        both["city"] = json!(null);
        assert_eq!(told(read(&both, TODAY).expect_err("refused")).await, "Invalid lastName", "the first is told");
        assert_eq!(told(read(&json!([]), TODAY).expect_err("refused")).await, "Invalid body");
    }

    #[test]
    fn what_others_send_is_understood() {
        let with = |field: &str, value: Value| {
            let mut body = body();
            body[field] = value;
            read(&body, TODAY).expect("understood")
        };
        assert_eq!(with("ipAddress", json!(true)).source.ip, None);
        assert_eq!(with("ipAddress", json!("")).source.ip, None);
        assert!(with("ipAddress", json!("2001:db8::1")).source.ip.is_some());
        assert_eq!(with("phone", json!("+12044372083")).phone.number.as_str(), "+12044372083");
        assert!(!with("includeFraudCheck", json!(null)).fraud_check);
        let newer = with("options", json!({"includeFraudCheck": false, "useExpressKYC": true}));
        assert!(!newer.fraud_check && newer.express);
        assert_eq!(with("externalId", json!("abcd-123-456-efgh")).external_id, with("extra", json!(1)).external_id);
        let mut newest = body();
        newest["officialId"]["format"] = json!("XXX-XX-XXXX");
        newest["officialId"]["value"] = json!("123456789");
        newest["entityId"] = json!("");
        assert_eq!(read(&newest, TODAY).expect("understood").external_id, None);
    }

    proptest! {
        #[test]
        fn nothing_that_is_sent_stops_the_reader(field in 0..13_usize, text in "\\PC{0,40}") {
            let names = ["firstName", "lastName", "email", "phone", "dob", "address", "city", "state", "zipCode",
                "country", "entityId", "ipAddress", "deviceId"];
            let mut body = body();
            body[names[field]] = json!(text);
            drop(read(&body, TODAY));
        }
    }
}
