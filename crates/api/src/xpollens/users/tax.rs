//! The tax form: as it is sent in either version, and what is answered of it.

use onboarding::Pii;
use onboarding::admission::tax::{PaperState, TaxDeclaration, TaxForm, TaxMistake, TaxResidence};
use serde_json::{Value, json};

use crate::fields::{Fault, Object};
use crate::xpollens::words;

/// Longest number that is looked at; each country's own form is shorter.
const NUMBER_CHARS_MAX: usize = 40;

/// The members of a version.
#[derive(Debug, Clone, Copy)]
pub struct Members {
    us_person: &'static str,
    residences: &'static str,
    number: &'static str,
}

/// `/api/v2.1/user/{id}/fatcaEai`, the seed's.
pub const OLDER: Members = Members { us_person: "americanness", residences: "taxInfo", number: "tin" };
/// `/api/v3.0/users/{id}/fatca-eai`.
pub const NEWER: Members =
    Members { us_person: "isUSPerson", residences: "taxInformation", number: "taxIdentificationNumber" };

impl Members {
    /// Reads what a customer declares. What sense it makes is for the domain to say.
    #[must_use]
    pub fn read(self, body: &Object<'_>) -> Option<TaxDeclaration> {
        let us_person = body.field(self.us_person).required().flag();
        let residences = body.field(self.residences).required().list(TaxDeclaration::RESIDENCES_MAX);
        let residences = residences.map(|list| {
            list.each(|item| {
                let item = item.object()?;
                let country = item.field("taxCountry").required().country();
                let number = item.field(self.number).text(NUMBER_CHARS_MAX).map(Pii);
                Some(TaxResidence { country: country?.to_owned(), number })
            })
        });
        let declared = TaxDeclaration { us_person: us_person?, residences: residences? };
        self.look_at(body, &declared);
        Some(declared)
    }
}

impl Members {
    /// Notes what makes no sense of a declaration.
    fn look_at(self, body: &Object<'_>, declared: &TaxDeclaration) {
        let field = body.field(self.residences);
        for mistake in declared.mistakes() {
            match mistake {
                TaxMistake::NoCountry => field.refuse(Fault::Range("a list of 1 to 3 countries".to_owned())),
                TaxMistake::TooManyCountries => field.refuse(Fault::Range("a list of at most 3 countries".to_owned())),
                TaxMistake::UnknownCountry { at } => {
                    field.refuse_in(at, "taxCountry", Fault::Format("an ISO 3166-1 alpha-2 country code"));
                }
                TaxMistake::CountryTwice { at } => {
                    field.refuse_in(at, "taxCountry", Fault::Contradiction("stands twice"));
                }
                TaxMistake::NumberMissing { at } => field.refuse_in(at, self.number, Fault::Missing),
                TaxMistake::NumberShape { at } => {
                    field.refuse_in(at, self.number, Fault::Format("a tax number of that country"));
                }
            }
        }
    }
}

/// What the operation answers with when it has taken effect.
#[must_use]
pub fn outcome(form: &TaxForm) -> Value {
    let missing = form.papers.iter().filter(|paper| paper.state != PaperState::Validated);
    json!({
        "VraisemblanceStatus": if form.likely { "OK" } else { "NOK" },
        "FatcaEaiStatus": words::tax(form.status()),
        "RequiredDocuments": missing.map(|paper| words::paper(paper.kind)).collect::<Vec<_>>(),
    })
}

/// What was declared, in the newer version.
#[must_use]
pub fn declared(form: &TaxForm) -> Value {
    let residences = form.declared.residences.iter().map(|residence| {
        json!({
            "taxCountry": residence.country.to_uppercase(),
            "taxIdentificationNumber": residence.number.as_ref().map(|number| number.as_str()),
        })
    });
    json!({
        "isUSPerson": form.declared.us_person,
        "taxInformation": residences.collect::<Vec<_>>(),
        "fatcaEaiStatus": words::tax(form.status()),
        "signatureDate": words::time(form.signed_at),
    })
}
