//! `GET /customer`: customers by what is known of them; how a client polls.

use std::net::IpAddr;

use axum::Extension;
use axum::extract::{Query, State};
use axum::response::Response;
use onboarding::evaluation::Evaluation;
use onboarding::{Customer, CustomerId, Party, Pii};
use serde::Serialize;
use service::Caller;
use service::evaluations::Sought;
use uuid::Uuid;

use super::Counter;
use super::application::date;
use super::body::json;
use super::error::Problem;
use super::view::{self, Run, Validation};

/// Longest value that is looked for.
const VALUE_CHARS_MAX: usize = 254;

#[derive(Serialize)]
struct Found<'a> {
    customers: Vec<CustomerView<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CustomerView<'a> {
    created_at: i64,
    first_name: &'a str,
    last_name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    official_id: Option<OfficialId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dob: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    city: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    phone: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    zip_code: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    country: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ip_address: Option<IpView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    external_id: Option<&'a str>,
    customer_id: Uuid,
    uri: String,
    evaluation: Run,
    validation: Validation<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OfficialId {
    doc_type: &'static str,
    value: String,
    country: &'static str,
}

#[derive(Serialize)]
struct IpView {
    valid: bool,
    value: IpAddr,
}

/// Customers that fit everything the query names.
///
/// # Errors
/// A query that names nothing, an id that cannot be one or is nobody's.
pub async fn find(
    State(counter): State<Counter>,
    Extension(caller): Extension<Caller>,
    query: Result<Query<Vec<(String, String)>>, axum::extract::rejection::QueryRejection>,
) -> Result<Response, Problem> {
    let Query(pairs) = query.map_err(|_| Problem::query())?;
    let sought = read(&pairs)?;
    let found = counter.service.find_evaluated(&caller, &sought).await?;
    if found.is_empty() && sought.id.is_some() {
        return Err(Problem::not_found("Customer"));
    }
    let customers = found.iter().filter_map(|customer| shown(customer, &counter.public_url)).collect();
    Ok(json(&Found { customers }))
}

/// An id as it stands in a path, a query or a body.
///
/// # Errors
/// What cannot be one.
pub fn id_of(text: &str) -> Result<CustomerId, Problem> {
    crate::fields::guid(text).map(CustomerId).ok_or_else(Problem::invalid_customer)
}

fn read(pairs: &[(String, String)]) -> Result<Sought, Problem> {
    let mut sought = Sought::default();
    let mut named = false;
    for (name, value) in pairs {
        let value = value.trim();
        let fits =
            !value.is_empty() && value.chars().count() <= VALUE_CHARS_MAX && !value.chars().any(char::is_control);
        let text = || if fits { Ok(Pii(value.to_owned())) } else { Err(Problem::query()) };
        let taken = match name.as_str() {
            "customerId" => sought.id.replace(id_of(value)?).is_some(),
            "email" => sought.email.replace(text()?).is_some(),
            "officialId" => sought.official_id.replace(text()?).is_some(),
            "zipCode" => sought.zip.replace(text()?).is_some(),
            "externalId" | "entityId" => sought.external_id.replace(text()?).is_some(),
            "dob" => sought.birth_date.replace(Pii(date(value).ok_or_else(Problem::query)?)).is_some(),
            // What the vendor does not know is not looked at.
            _ => continue,
        };
        if taken {
            return Err(Problem::query());
        }
        named = true;
    }
    if named { Ok(sought) } else { Err(Problem::query()) }
}

/// A customer as it is told; none for one that is a business or that this dialect does not evaluate.
fn shown<'a>(customer: &'a Customer, public_url: &str) -> Option<CustomerView<'a>> {
    let Party::Person(person) = &customer.party else { return None };
    let evaluation = customer.evaluation.as_ref()?;
    let address = customer.addresses.primary().map(|record| &record.value);
    let standing = evaluation.standing();
    Some(CustomerView {
        created_at: customer.created_at.as_millisecond(),
        first_name: &person.name.first,
        last_name: &person.name.last,
        official_id: person.tax_id.as_ref().map(|id| OfficialId {
            doc_type: "SSN",
            value: dashed(id.value()),
            country: "US",
        }),
        dob: person.birth_date.map(|date| date.to_string()),
        address: address.and_then(|address| address.street.first()).map(|street| street.as_str()),
        city: address.and_then(|address| address.city.as_ref()).map(|city| city.as_str()),
        email: customer.emails.primary().map(|record| record.value.address.as_str()),
        phone: customer.phones.primary().map(|record| bracketed(&record.value.number)),
        zip_code: address.and_then(|address| address.postal_code.as_ref()).map(|zip| zip.as_str()),
        state: address.and_then(|address| address.state.as_deref()),
        country: address.map(|address| address.country.to_ascii_uppercase()),
        ip_address: ip_view(evaluation),
        external_id: view::external_id(customer),
        customer_id: customer.id.0,
        uri: view::uri(public_url, customer.id),
        evaluation: Run::under_way(evaluation),
        validation: Validation::whole(&standing, evaluation.document.as_ref()),
    })
}

fn ip_view(evaluation: &Evaluation) -> Option<IpView> {
    evaluation.origin.ip.map(|ip| IpView { valid: true, value: ip.0 })
}

/// A Social Security number as people write it.
fn dashed(digits: &str) -> String {
    match (digits.get(..3), digits.get(3..5), digits.get(5..9)) {
        (Some(area), Some(group), Some(serial)) if digits.len() == 9 => format!("{area}-{group}-{serial}"),
        _ => digits.to_owned(),
    }
}

/// A North American number as the vendor writes it, `(123) 456-7890`; any other as it is.
fn bracketed(number: &str) -> String {
    let digits = number.strip_prefix("+1").or_else(|| number.strip_prefix('1')).unwrap_or(number);
    match (digits.get(..3), digits.get(3..6), digits.get(6..)) {
        (Some(area), Some(exchange), Some(line)) if digits.len() == 10 && !digits.starts_with('+') => {
            format!("({area}) {exchange}-{line}")
        }
        _ => number.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sought(pairs: &[(&str, &str)]) -> Result<Sought, Problem> {
        let pairs: Vec<_> = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        read(&pairs)
    }

    #[test]
    fn a_query_names_something_once() {
        let id = "9052b6a5-3f09-41d1-b526-ade80104eb79";
        assert_eq!(sought(&[("customerId", id)]).expect("an id").id, Some(id_of(id).expect("an id")));
        let both = sought(&[("zipCode", "10001"), ("dob", "1959-03-14"), ("page", "2")]).expect("two values");
        assert_eq!((both.zip.is_some(), both.birth_date.is_some(), both.email), (true, true, None));
        for bad in [&[] as &[(&str, &str)], &[("page", "2")], &[("email", "")], &[("dob", "14/03/1959")]] {
            assert_eq!(sought(bad), Err(Problem::query()), "{bad:?}");
        }
        assert_eq!(sought(&[("email", "a@b.org"), ("email", "c@d.org")]), Err(Problem::query()));
        assert_eq!(sought(&[("customerId", "x")]), Err(Problem::invalid_customer()));
    }

    #[test]
    fn numbers_are_written_as_the_vendor_does() {
        assert_eq!(dashed("123456789"), "123-45-6789");
        for (number, shown) in [
            ("2125550123", "(212) 555-0123"),
            ("+12125550123", "(212) 555-0123"),
            ("12125550123", "(212) 555-0123"),
            ("+442071838750", "+442071838750"),
            ("5550123", "5550123"),
        ] {
            assert_eq!(bracketed(number), shown);
        }
    }
}
