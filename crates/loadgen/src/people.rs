//! People who do not exist, each a new one.

use std::fmt::Write;

/// Common enough that a screening has candidates to weigh, and few of them end as hits.
const FIRST: [&str; 48] = [
    "James", "Maria", "Robert", "Linda", "Michael", "Ana", "William", "Fatima", "David", "Susan", "Richard", "Jessica",
    "Joseph", "Sarah", "Thomas", "Karen", "Carlos", "Lisa", "Daniel", "Nancy", "Matteo", "Betty", "Anthony",
    "Margaret", "Mark", "Sandra", "Dmitri", "Ashley", "Steven", "Olga", "Paul", "Emily", "Andrew", "Donna", "Joshua",
    "Michelle", "Kenneth", "Carol", "Kevin", "Amanda", "Brian", "Melissa", "Yusuf", "Deborah", "Edward", "Mei",
    "Ronald", "Priya",
];
const LAST: [&str; 64] = [
    "Smith",
    "Johnson",
    "Williams",
    "Brown",
    "Jones",
    "Garcia",
    "Miller",
    "Davis",
    "Rodriguez",
    "Martinez",
    "Hernandez",
    "Lopez",
    "Gonzalez",
    "Wilson",
    "Anderson",
    "Thomas",
    "Taylor",
    "Moore",
    "Jackson",
    "Martin",
    "Lee",
    "Perez",
    "Thompson",
    "White",
    "Harris",
    "Sanchez",
    "Clark",
    "Ramirez",
    "Lewis",
    "Robinson",
    "Walker",
    "Young",
    "Allen",
    "King",
    "Wright",
    "Scott",
    "Torres",
    "Nguyen",
    "Hill",
    "Flores",
    "Green",
    "Adams",
    "Nelson",
    "Baker",
    "Hall",
    "Rivera",
    "Campbell",
    "Mitchell",
    "Carter",
    "Roberts",
    "Gomez",
    "Phillips",
    "Evans",
    "Turner",
    "Diaz",
    "Parker",
    "Cruz",
    "Edwards",
    "Collins",
    "Reyes",
    "Stewart",
    "Morris",
    "Petrov",
    "Kowalski",
];
/// Syllables of a middle name, so that not everybody shares theirs with thousands.
const SYLLABLES: [&str; 20] = [
    "ba", "bel", "cor", "da", "den", "el", "fa", "gar", "han", "is", "jo", "kel", "la", "mar", "nor", "os", "pe",
    "ran", "sol", "vi",
];

/// Gives one person after the other. The same run always gives the same people.
pub struct People {
    partner_id: String,
    number: u64,
    state: u64,
}

impl People {
    pub fn new(partner_id: &str) -> Self {
        Self { partner_id: partner_id.to_owned(), number: 0, state: 0x9e37_79b9_7f4a_7c15 }
    }

    /// Appends the body of a request to onboard the next person, and gives the person's number.
    pub fn write_next(&mut self, body: &mut String) -> u64 {
        let number = self.number;
        self.number += 1;
        let first = FIRST[self.pick(FIRST.len())];
        let last = LAST[self.pick(LAST.len())];
        let mut middle = String::from(SYLLABLES[self.pick(SYLLABLES.len())]);
        middle.push_str(SYLLABLES[self.pick(SYLLABLES.len())]);
        middle.push_str(SYLLABLES[self.pick(SYLLABLES.len())]);
        middle[..1].make_ascii_uppercase();
        let (year, month, day) = (1940 + self.pick(65), 1 + self.pick(12), 1 + self.pick(28));
        let ssn = ssn(number);
        let partner = &self.partner_id;
        // Writing to a string cannot fail.
        let _ = write!(
            body,
            r#"{{"partnerId":"{partner}","name":{{"firstName":"{first}","middleName":"{middle}","lastName":"{last}"}},"classification":"Personal","profile":{{"regO":false,"politicallyExposedPerson":false,"taxIdType":"Ssn","taxId":"{ssn}","birthDate":"{year}-{month:02}-{day:02}","riskRating":"Low"}}}}"#
        );
        number
    }

    /// Appends the body of a request to onboard and evaluate the next person, and gives the person's number. Nobody shares
    /// number, phone, mailbox, device or address with anybody, or the whole load would be one ring.
    pub fn write_applicant(&mut self, body: &mut String, fraud_check: bool) -> u64 {
        let number = self.number;
        self.number += 1;
        let first = FIRST[self.pick(FIRST.len())];
        let last = LAST[self.pick(LAST.len())];
        let (year, month, day) = (1940 + self.pick(60), 1 + self.pick(12), 2 + self.pick(27));
        let (ssn, phone) = (ssn(number), phone(number));
        let mailbox = format!("{}.{}{number}", first.to_lowercase(), last.to_lowercase());
        let ip = (number % 200 + 1, number / 200 % 250, 64 + number / 50_000 % 100);
        // Writing to a string cannot fail.
        let _ = write!(
            body,
            r#"{{"firstName":"{first}","lastName":"{last}","officialId":{{"docType":"SSN","value":"{ssn}","country":"US"}},"email":"{mailbox}@gmail.com","phone":"{phone}","dob":"{year}-{month:02}-{day:02}","address":"{} West {} Street","city":"New York","state":"NY","zipCode":"10001","ipAddress":"24.{}.{}.{}","entityId":"load-{number}","includeFraudCheck":{fraud_check}}}"#,
            number % 900 + 10,
            number / 900 + 1,
            ip.2,
            ip.1,
            ip.0,
        );
        number
    }

    fn pick(&mut self, from: usize) -> usize {
        // xorshift64: quick, and the same everywhere.
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        usize::try_from(self.state >> 33).unwrap_or(0) % from
    }
}

/// A social security number of a form that is issued, different for every number.
///
/// Areas 001 to 665, groups 01 to 99, serials 0001 to 9999: areas 000, 666 and from 900, and zeros in a part, are not
/// issued.
fn ssn(number: u64) -> String {
    let (serial, rest) = (number % 9999 + 1, number / 9999);
    let (group, rest) = (rest % 99 + 1, rest / 99);
    let area = rest % 665 + 1;
    format!("{area:03}{group:02}{serial:04}")
}

/// A number of the form that American networks give out, different for 4,000,000 in a row.
fn phone(number: u64) -> String {
    const AREAS: [u16; 5] = [212, 312, 415, 617, 713];
    let (line, rest) = (number % 10_000, number / 10_000);
    let (exchange, area) = (rest % 80 + 720, rest / 80 % 5);
    format!("({}) {exchange}-{line:04}", AREAS[usize::try_from(area).unwrap_or(0)])
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_applicant_shares_anything_with_another() {
        let (mut people, mut seen) = (People::new("p"), HashSet::new());
        for number in 0..20_000 {
            let mut body = String::new();
            assert_eq!(people.write_applicant(&mut body, true), number);
            let parsed: serde_json::Value = serde_json::from_str(&body).expect("JSON");
            for field in ["/officialId/value", "/email", "/phone", "/address", "/ipAddress", "/entityId"] {
                let value = parsed.pointer(field).and_then(|value| value.as_str()).expect("a text").to_owned();
                assert!(seen.insert(value), "{field} of {number}");
            }
        }
    }

    #[test]
    fn everybody_is_somebody_else() {
        let (mut people, mut seen) = (People::new("p"), HashSet::new());
        for number in 0..20_000 {
            let mut body = String::new();
            assert_eq!(people.write_next(&mut body), number);
            let parsed: serde_json::Value = serde_json::from_str(&body).expect("JSON");
            let ssn = parsed["profile"]["taxId"].as_str().expect("a number").to_owned();
            assert!(ssn.len() == 9 && &ssn[..3] != "000" && &ssn[3..5] != "00" && &ssn[5..] != "0000");
            assert!(seen.insert(ssn));
        }
    }
}
