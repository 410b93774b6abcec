//! What is being signed, as the customer reads it: in French, the language of the vendor's push messages.

use onboarding::admission::correct::ContactChange;
use onboarding::admission::signature::Operation;
use onboarding::admission::tax::TaxDeclaration;
use onboarding::records::Address;
use serde_json::{Value, json};

/// The heading of an operation; those of the tax form and the terms are the vendor's own.
#[must_use]
pub fn title(operation: &Operation) -> &str {
    match operation {
        Operation::Terms => "Acceptation des CGU",
        Operation::Tax(_) => "Déclaratifs Fiscaux",
        Operation::Contact(_) => "Modification des coordonnées",
        Operation::Own(own) => own.context.as_str(),
    }
}

/// What the operation says, line by line. `institution` is whose terms they are.
#[must_use]
pub fn details(operation: &Operation, institution: &str) -> Vec<Value> {
    let line = |label: &str, value: &str| json!({ "label": label, "value": value });
    match operation {
        Operation::Terms => vec![
            line("Établissement", institution),
            line("Vous acceptez", "les conditions générales d’utilisation du compte de paiement"),
        ],
        Operation::Tax(TaxDeclaration { us_person, residences }) => {
            let mut lines = vec![line("Personne américaine (US person)", if *us_person { "oui" } else { "non" })];
            for residence in residences {
                lines.push(line("Résidence fiscale", &residence.country.to_uppercase()));
                if let Some(number) = &residence.number {
                    lines.push(line("Numéro fiscal", number.as_str()));
                }
            }
            lines
        }
        Operation::Own(own) => own.lines.iter().map(|(label, said)| line(label.as_str(), said.as_str())).collect(),
        Operation::Contact(ContactChange { phone, email, address }) => {
            let mut lines = Vec::new();
            lines.extend(phone.iter().map(|phone| line("Téléphone", phone.as_str())));
            lines.extend(email.iter().map(|email| line("Adresse e-mail", email.as_str())));
            lines.extend(address.iter().map(|address| line("Adresse postale", &postal(address))));
            lines
        }
    }
}

/// An address on one line.
fn postal(address: &Address) -> String {
    let place = [&address.postal_code, &address.city].into_iter().flatten().map(|part| part.as_str());
    let place = place.collect::<Vec<_>>().join(" ");
    let mut parts: Vec<&str> = address.street.iter().map(|line| line.as_str()).collect();
    parts.extend((!place.is_empty()).then_some(place.as_str()));
    let country = address.country.to_uppercase();
    parts.push(&country);
    parts.join(", ")
}

#[cfg(test)]
mod tests {
    use onboarding::Pii;
    use onboarding::admission::tax::TaxResidence;

    use super::*;

    fn lines(operation: &Operation) -> Vec<String> {
        let details = details(operation, "Banque Exemple");
        details.iter().map(|line| format!("{} = {}", line["label"], line["value"]).replace('"', "")).collect()
    }

    #[test]
    fn a_customer_reads_what_it_signs() {
        assert_eq!(title(&Operation::Terms), "Acceptation des CGU");
        assert_eq!(lines(&Operation::Terms)[0], "Établissement = Banque Exemple");
        let france = TaxResidence { country: "fr".to_owned(), number: Some(Pii("3023217600053".to_owned())) };
        let qatar = TaxResidence { country: "qa".to_owned(), number: None };
        let tax = Operation::Tax(TaxDeclaration { us_person: false, residences: vec![france, qatar] });
        assert_eq!(title(&tax), "Déclaratifs Fiscaux");
        assert_eq!(
            lines(&tax),
            [
                "Personne américaine (US person) = non",
                "Résidence fiscale = FR",
                "Numéro fiscal = 3023217600053",
                "Résidence fiscale = QA"
            ]
        );
        let address = Address {
            kind: "Home".to_owned(),
            classification: None,
            street: vec![Pii("12 rue de la Paix".to_owned()), Pii("Bât. B".to_owned())],
            city: Some(Pii("Paris".to_owned())),
            state: None,
            postal_code: Some(Pii("75002".to_owned())),
            country: "fr".to_owned(),
        };
        let phone = Some(Pii("+33612345678".to_owned()));
        let contact = Operation::Contact(ContactChange { phone, email: None, address: Some(address) });
        assert_eq!(
            lines(&contact),
            ["Téléphone = +33612345678", "Adresse postale = 12 rue de la Paix, Bât. B, 75002 Paris, FR"]
        );
    }
}
