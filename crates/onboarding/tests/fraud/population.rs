//! A made-up town that applies to one institution for a month: families, flatmates, offices, people who mistype, and
//! among them rings, bursts and inventors. Every applicant carries the truth about it.
//!
//! The shares of honest noise were set before the model was measured against them, from what onboarding desks meet:
//! post boxes, role addresses, foreign phones, throw-away mailboxes of the careful, one kiosk for many. Nothing here is
//! about anybody.

use jiff::civil::{Date, date};
use jiff::{SignedDuration, Timestamp};
use onboarding::evaluation::{Evaluation, Origin};
use onboarding::onboard::{Onboard, onboard};
use onboarding::records::{Address, Email, Phone};
use onboarding::signals::ip;
use onboarding::tax_id::{TaxId, TaxIdKind};
use onboarding::{Customer, Party, Person, PersonName, Pii, Policy, TenantId};
use uuid::Uuid;

/// What an applicant is, in truth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Truth {
    /// Somebody who lives alone.
    Single,
    /// One of a family at one address.
    Family,
    /// One of many behind the same address of an office or a campus.
    Office,
    /// One of many who came to the same counter.
    Kiosk,
    /// Somebody who applies twice.
    Twice,
    /// One of a ring with one device.
    DeviceRing,
    /// One of a ring with one phone.
    PhoneRing,
    /// One of a burst from one address.
    Burst,
    /// Somebody who made up what he is.
    Inventor,
    /// Somebody with another's data: almost nothing shows.
    Thief,
}

impl Truth {
    pub const fn is_fraud(self) -> bool {
        matches!(self, Self::DeviceRing | Self::PhoneRing | Self::Burst | Self::Inventor | Self::Thief)
    }
}

/// One who applies.
#[derive(Debug)]
pub struct Applicant {
    pub customer: Customer,
    pub truth: Truth,
}

/// Numbers drawn by chance, the same for the same seed (splitmix64).
#[derive(Debug)]
pub struct Chance(pub u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    /// True in so many of a thousand.
    pub fn often(&mut self, of_a_thousand: u64) -> bool {
        self.below(1000) < of_a_thousand
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[usize::try_from(self.below(of.len() as u64)).expect("small")]
    }

    fn letters(&mut self, count: usize) -> String {
        (0..count)
            .map(|_| self.one(&["a", "b", "c", "d", "k", "m", "q", "r", "t", "x", "z", "7", "2", "9", "4"]))
            .collect()
    }
}

impl onboarding::customer::Ids for Chance {
    fn next(&mut self) -> Uuid {
        Uuid::from_u64_pair(Chance::next(self), Chance::next(self))
    }
}

const FIRST: [&str; 24] = [
    "James", "Mary", "Robert", "Patricia", "Wei", "Linda", "Carlos", "Elena", "Aisha", "Thomas", "Nora", "Daniel",
    "Grace", "Omar", "Priya", "Kevin", "Ruth", "Diego", "Hannah", "Victor", "Sofia", "Peter", "Yuki", "Amy",
];
const LAST: [&str; 32] = [
    "Smith", "Johnson", "Nguyen", "Garcia", "Brown", "Kim", "Miller", "Davis", "Okafor", "Martinez", "Lopez", "Wilson",
    "Patel", "Moore", "Taylor", "Jackson", "Lee", "Perez", "Haddad", "Clark", "Lewis", "Walker", "Hall", "Novak",
    "Young", "King", "Wright", "Scott", "Rossi", "Hill", "Green", "Li",
];
/// State, beginning of its ZIP codes, first area of its numbers, area codes of its phones.
const PLACES: [(&str, &str, u64, &str); 8] = [
    ("NY", "100", 62, "212"),
    ("CA", "900", 552, "213"),
    ("TX", "770", 455, "713"),
    ("FL", "331", 264, "305"),
    ("IL", "606", 330, "312"),
    ("WA", "981", 534, "206"),
    ("MA", "021", 20, "617"),
    ("GA", "303", 255, "404"),
];
const STREETS: [&str; 12] =
    ["Elm", "Oak", "Pine", "Maple", "Cedar", "Lake", "Hill", "Park", "Washington", "Second", "Church", "Mill"];
const HOBBIES: [&str; 10] = [
    "sunnyside",
    "bikerdude",
    "catlover",
    "guitarhero",
    "redsox",
    "bluemoon",
    "chefmom",
    "gamer",
    "hiking",
    "oldtimer",
];
const PROVIDERS: [&str; 5] = ["gmail.com", "yahoo.com", "outlook.com", "icloud.com", "comcast.net"];
const THROWN_AWAY: [&str; 4] = ["mailinator.com", "yopmail.com", "guerrillamail.com", "temp-mail.org"];

/// Everything an applicant says, before it is put together.
#[derive(Debug, Clone)]
pub struct Sheet {
    first: String,
    last: String,
    ssn: String,
    born: Date,
    street: String,
    state: String,
    zip: String,
    phone: String,
    email: String,
    ip: Option<String>,
    ip_country: Option<String>,
    device: Option<String>,
    at: i64,
}

const MONTH_SECONDS: u64 = 30 * 86_400;

fn begin() -> Timestamp {
    Timestamp::from_second(1_790_000_000).expect("within the calendar")
}

/// The whole month, in the order they come.
pub fn month(seed: u64) -> Vec<Applicant> {
    let mut chance = Chance(seed);
    let mut sheets: Vec<(Sheet, Truth)> = Vec::new();
    for _ in 0..1500 {
        sheets.push((honest(&mut chance), Truth::Single));
    }
    for _ in 0..180 {
        family(&mut chance, &mut sheets);
    }
    for _ in 0..6 {
        office(&mut chance, &mut sheets);
    }
    for _ in 0..4 {
        kiosk(&mut chance, &mut sheets);
    }
    for _ in 0..40 {
        twice(&mut chance, &mut sheets);
    }
    for _ in 0..14 {
        ring(&mut chance, &mut sheets, Truth::DeviceRing);
        ring(&mut chance, &mut sheets, Truth::PhoneRing);
    }
    for _ in 0..6 {
        burst(&mut chance, &mut sheets);
    }
    for _ in 0..110 {
        let sheet = inventor(&mut chance);
        sheets.push((sheet, Truth::Inventor));
    }
    for _ in 0..12 {
        let sheet = thief(&mut chance);
        sheets.push((sheet, Truth::Thief));
    }
    sheets.sort_by_key(|(sheet, _)| sheet.at);
    sheets.into_iter().map(|(sheet, truth)| Applicant { customer: sheet.customer(&mut chance), truth }).collect()
}

/// Somebody honest, with what honest people get wrong or do their own way.
fn honest(chance: &mut Chance) -> Sheet {
    let mut sheet = plain(chance);
    if chance.often(12) {
        // One digit of the number is mistyped.
        sheet.ssn = format!("{:09}", chance.below(899_000_000) + 1_000_000);
    }
    if chance.often(6) {
        sheet.ssn = format!("9{:02}{}{:04}", chance.below(100), 70 + chance.below(19), 1 + chance.below(9999));
    }
    if chance.often(15) {
        sheet.born = date(1990, 1, 1);
    }
    match chance.below(1000) {
        0..60 => sheet.street = format!("PO Box {}", 1 + chance.below(9000)),
        60..63 => sheet.street = "General Delivery".to_owned(),
        63..78 => sheet.street.push_str(" PMB 12"),
        78..95 => sheet.street = format!("c/o {}, {}", chance.one(&LAST), sheet.street),
        95..110 => sheet.street = "Rural Route".to_owned(),
        110..115 => sheet.street = "123 Main St".to_owned(),
        _ => {}
    }
    if chance.often(15) {
        sheet.zip = format!("{:05}", 10_000 + chance.below(88_000));
    }
    match chance.below(1000) {
        0..15 => drop(sheet.phone.pop()),
        15..35 => sheet.phone.replace_range(0..3, "800"),
        35..50 => sheet.phone = format!("+4930{}", 2_000_000 + chance.below(7_000_000)),
        _ => {}
    }
    sheet.email = match chance.below(1000) {
        0..560 => sheet.email,
        560..810 => format!("{}{}@{}", chance.one(&HOBBIES), chance.below(100_000), chance.one(&PROVIDERS)),
        810..860 => format!(
            "info@{}-{}{}.com",
            sheet.last.to_lowercase(),
            chance.one(&["plumbing", "design"]),
            chance.below(10_000)
        ),
        860..900 => sheet.email.replace('@', "+bank@"),
        900..925 => format!("{}{}@{}", sheet.first.to_lowercase(), chance.below(10_000), chance.one(&THROWN_AWAY)),
        925..940 => format!("{}{}@gmial.com", sheet.last.to_lowercase(), chance.below(10_000)),
        940..970 => format!("{}@{}", chance.letters(10), chance.one(&PROVIDERS)),
        _ => format!("{}@{}{}.org", sheet.first.to_lowercase(), sheet.last.to_lowercase(), chance.below(10_000)),
    };
    match chance.below(1000) {
        0..50 => sheet.ip_country = None,
        50..75 => sheet.ip_country = Some("mx".to_owned()),
        75..95 => sheet.ip = Some("10.0.0.7".to_owned()),
        95..145 => sheet.ip = None,
        _ => {}
    }
    if chance.often(80) {
        sheet.device = None;
    }
    sheet
}

/// Somebody of whom everything is as one expects.
fn plain(chance: &mut Chance) -> Sheet {
    let (state, zip, area, code) = PLACES[usize::try_from(chance.below(8)).expect("small")];
    let (first, last) = (chance.one(&FIRST).to_owned(), chance.one(&LAST).to_owned());
    let area = if chance.often(600) { area } else { 1 + chance.below(600) };
    let email = match chance.below(3) {
        0 => format!("{first}.{last}{}@{}", chance.below(9000), chance.one(&PROVIDERS)),
        1 => format!("{}{last}{}@{}", &first[..1], chance.below(100_000), chance.one(&PROVIDERS)),
        _ => format!("{last}.{first}{}@{}", chance.below(9000), chance.one(&PROVIDERS)),
    };
    let year = i16::try_from(1940 + chance.below(66)).expect("small");
    let (month, day) = (1 + chance.below(12), 1 + chance.below(28));
    Sheet {
        ssn: format!("{area:03}{:02}{:04}", 1 + chance.below(99), 1 + chance.below(9999)),
        born: date(year, i8::try_from(month).expect("small"), i8::try_from(day).expect("small")),
        street: format!("{} {} St Apt {}", 1 + chance.below(900), chance.one(&STREETS), 1 + chance.below(40)),
        state: state.to_owned(),
        zip: format!("{zip}{:02}", chance.below(100)),
        phone: format!("{code}{}", 2_220_000 + chance.below(3_000_000)),
        email: email.to_lowercase(),
        ip: Some(format!("12.{}.{}.{}", chance.below(250), chance.below(250), 1 + chance.below(250))),
        ip_country: Some("us".to_owned()),
        device: Some(format!("device-{}", chance.next())),
        at: i64::try_from(chance.below(MONTH_SECONDS)).expect("a month"),
        first,
        last,
    }
}

/// Two to five of one name at one address; most of them come on one evening, some with one phone or one tablet.
fn family(chance: &mut Chance, sheets: &mut Vec<(Sheet, Truth)>) {
    let head = honest(chance);
    let (one_phone, one_device, one_mailbox) = (chance.often(350), chance.often(300), chance.often(60));
    let one_evening = chance.often(600);
    for member in 0..2 + chance.below(4) {
        let mut sheet = honest(chance);
        for (of, from) in [(&mut sheet.last, &head.last), (&mut sheet.street, &head.street)] {
            of.clone_from(from);
        }
        sheet.state.clone_from(&head.state);
        sheet.zip.clone_from(&head.zip);
        sheet.ip.clone_from(&head.ip);
        sheet.ip_country.clone_from(&head.ip_country);
        if one_phone {
            sheet.phone.clone_from(&head.phone);
        }
        if one_device {
            sheet.device.clone_from(&head.device);
        }
        if one_mailbox {
            sheet.email.clone_from(&head.email);
        }
        if one_evening {
            sheet.at = head.at + 400 * i64::try_from(member).expect("small");
        }
        sheets.push((sheet, Truth::Family));
    }
}

/// Thirty colleagues behind one address, most within a working day.
fn office(chance: &mut Chance, sheets: &mut Vec<(Sheet, Truth)>) {
    let head = plain(chance);
    for _ in 0..30 {
        let mut sheet = honest(chance);
        sheet.ip.clone_from(&head.ip);
        sheet.ip_country.clone_from(&head.ip_country);
        sheet.at = head.at + i64::try_from(chance.below(8 * 3600)).expect("a day");
        if chance.often(500) {
            sheet.email = format!("{}.{}@bigfirm.com", sheet.first, sheet.last).to_lowercase();
        }
        sheets.push((sheet, Truth::Office));
    }
}

/// A branch with a tablet, two or three customers a day.
fn kiosk(chance: &mut Chance, sheets: &mut Vec<(Sheet, Truth)>) {
    let head = plain(chance);
    for day in 0..5 {
        let mut sheet = honest(chance);
        sheet.device.clone_from(&head.device);
        sheet.ip.clone_from(&head.ip);
        sheet.at = head.at + day * 50_000;
        sheets.push((sheet, Truth::Kiosk));
    }
}

/// Somebody who forgot, and applies again from the same place.
fn twice(chance: &mut Chance, sheets: &mut Vec<(Sheet, Truth)>) {
    let first = honest(chance);
    let again = Sheet { at: first.at + 100_000, ..first.clone() };
    sheets.push((first, Truth::Single));
    sheets.push((again, Truth::Twice));
}

/// Three to nine who have one device, or one phone, and otherwise take some trouble.
fn ring(chance: &mut Chance, sheets: &mut Vec<(Sheet, Truth)>, truth: Truth) {
    let head = plain(chance);
    for _ in 0..3 + chance.below(7) {
        let mut sheet = plain(chance);
        if truth == Truth::DeviceRing {
            sheet.device.clone_from(&head.device);
        } else {
            sheet.phone.clone_from(&head.phone);
        }
        if chance.often(500) {
            sheet.ip.clone_from(&head.ip);
        }
        if chance.often(450) {
            sheet.email = format!("{}@{}", chance.letters(9), chance.one(&PROVIDERS));
        }
        if chance.often(250) {
            sheet.street = format!("{} Commerce Way PMB {}", 1 + chance.below(90), 1 + chance.below(900));
        }
        if chance.often(200) {
            sheet.email = format!("{}@{}", chance.letters(8), chance.one(&THROWN_AWAY));
        }
        sheet.at = head.at + i64::try_from(chance.below(3 * 86_400)).expect("days");
        sheets.push((sheet, truth));
    }
}

/// A script: many within minutes, from one address, with mailboxes of one strange domain.
fn burst(chance: &mut Chance, sheets: &mut Vec<(Sheet, Truth)>) {
    let head = plain(chance);
    let domain = format!("{}.net", chance.letters(7));
    for member in 0..12 + i64::try_from(chance.below(10)).expect("small") {
        let mut sheet = plain(chance);
        sheet.ip.clone_from(&head.ip);
        sheet.ip_country = Some(if chance.often(500) { "us" } else { "ro" }.to_owned());
        sheet.email = format!("{}@{domain}", chance.letters(9));
        sheet.at = head.at + 25 * member;
        sheets.push((sheet, Truth::Burst));
    }
}

/// Somebody who fills in what comes to mind: two or three things cannot be.
fn inventor(chance: &mut Chance) -> Sheet {
    let mut sheet = plain(chance);
    for _ in 0..2 + chance.below(2) {
        match chance.below(7) {
            0 => sheet.ssn = format!("000{:06}", 1 + chance.below(999_999)),
            1 => sheet.ssn = chance.one(&["078051120", "123456789", "666121234", "111111111", "457555462"]).to_owned(),
            2 => sheet.email = format!("{}@{}", chance.letters(9), chance.one(&THROWN_AWAY)),
            3 => sheet.phone = chance.one(&["2125550142", "5555555555", "9007365000", "1112223333"]).to_owned(),
            4 => sheet.zip = "00000".to_owned(),
            5 => sheet.street = chance.one(&["asdf", "none", "123 Main St"]).to_owned(),
            _ => {
                sheet.ip_country = Some("ng".to_owned());
                sheet.email = format!("{}@{}", chance.letters(11), chance.one(&PROVIDERS));
            }
        }
    }
    sheet
}

/// Somebody with the data of another: a mailbox and a phone of his own, from abroad half of the time.
fn thief(chance: &mut Chance) -> Sheet {
    let mut sheet = plain(chance);
    sheet.email = format!("{}{}@{}", chance.one(&HOBBIES), chance.below(100_000), chance.one(&PROVIDERS));
    if chance.often(500) {
        sheet.ip_country = Some("ua".to_owned());
    }
    if chance.often(300) {
        sheet.phone = format!("500{}", 2_340_000 + chance.below(100_000));
    }
    sheet
}

impl Sheet {
    fn customer(self, chance: &mut Chance) -> Customer {
        let name = PersonName { first: Pii(self.first), last: Pii(self.last), ..PersonName::default() };
        let party = Party::Person(Person {
            name,
            birth_date: Some(Pii(self.born)),
            citizenship: None,
            tax_id: TaxId::parse(TaxIdKind::Ssn, &self.ssn).ok(),
            declared_pep: false,
        });
        let address = Address {
            kind: "Home".to_owned(),
            classification: None,
            street: vec![Pii(self.street)],
            city: Some(Pii("Town".to_owned())),
            state: Some(self.state),
            postal_code: Some(Pii(self.zip)),
            country: "us".to_owned(),
        };
        let command = Onboard {
            party,
            cif_number: chance.next().to_string(),
            client_identifier: None,
            addresses: vec![address],
            phones: vec![Phone { kind: "Home".to_owned(), number: Pii(self.phone), extension: None }],
            emails: vec![Email { kind: "Personal".to_owned(), address: Pii(self.email) }],
            identifications: Vec::new(),
            related: Vec::new(),
            checks: std::collections::BTreeSet::new(),
            attributes: serde_json::Map::new(),
        };
        let now = begin() + SignedDuration::from_secs(self.at);
        let tenant = TenantId(Uuid::from_u128(7));
        let changes = onboard(tenant, command, &Policy::default(), chance, now).expect("nobody is refused");
        let origin = Origin {
            ip: self.ip.and_then(|ip| ip::parse(&ip)).map(Pii),
            ip_country: self.ip_country,
            device: self.device.map(Pii),
        };
        Customer { evaluation: Some(Evaluation::unknown(origin)), ..changes.customer }
    }
}
