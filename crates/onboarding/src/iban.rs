//! Account numbers as ISO 13616 has them: country, two check digits, and the country's own number.

use std::fmt;

/// What a country puts behind the check digits: the bank's code, then the account, then perhaps a key of the country's
/// own. Countries with keys that are not made here are left out: nothing may be issued that their banks would refuse.
struct Format {
    country: &'static str,
    bank: &'static [Run],
    account_digits: usize,
    key: Key,
}

/// Check digits of a country's own, behind the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Key {
    None,
    /// The French `clé RIB`: two digits with which bank, branch and account leave no remainder by 97.
    Rib,
}

/// So many characters of one kind.
#[derive(Clone, Copy)]
enum Run {
    Digits(usize),
    Letters(usize),
}

use Run::{Digits, Letters};

/// From the SWIFT IBAN registry: where the bank's code (with its branch) ends and the account begins.
const FORMATS: [Format; 13] = [
    Format { country: "AT", bank: &[Digits(5)], account_digits: 11, key: Key::None },
    Format { country: "BG", bank: &[Letters(4), Digits(6)], account_digits: 8, key: Key::None },
    Format { country: "CH", bank: &[Digits(5)], account_digits: 12, key: Key::None },
    Format { country: "CY", bank: &[Digits(8)], account_digits: 16, key: Key::None },
    Format { country: "DE", bank: &[Digits(8)], account_digits: 10, key: Key::None },
    Format { country: "FR", bank: &[Digits(10)], account_digits: 11, key: Key::Rib },
    Format { country: "GB", bank: &[Letters(4), Digits(6)], account_digits: 8, key: Key::None },
    Format { country: "IE", bank: &[Letters(4), Digits(6)], account_digits: 8, key: Key::None },
    Format { country: "LI", bank: &[Digits(5)], account_digits: 12, key: Key::None },
    Format { country: "LT", bank: &[Digits(5)], account_digits: 11, key: Key::None },
    Format { country: "LU", bank: &[Digits(3)], account_digits: 13, key: Key::None },
    Format { country: "LV", bank: &[Letters(4)], account_digits: 13, key: Key::None },
    Format { country: "MT", bank: &[Letters(4), Digits(5)], account_digits: 18, key: Key::None },
];

/// Most digits of an account that are counted through; longer accounts are filled with zeros in front.
const COUNTED_DIGITS_MAX: u32 = 16;

/// An international bank account number whose check digits hold, in capitals and without blanks.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Iban(String);

/// Whose accounts are numbered: a country, and the bank's code in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issuer {
    country: &'static str,
    bank: String,
    account_digits: u32,
    key: Key,
}

/// Why there can be no account numbers of an issuer, or none any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IssuerError {
    /// No account numbers are made for this country.
    #[error("must be one of AT, BG, CH, CY, DE, FR, GB, IE, LI, LT, LU, LV, MT")]
    Country,
    /// The code has not the shape of the country's bank codes.
    #[error("must have the length and kind of characters of the country's bank codes")]
    BankCode,
    /// Every number of the issuer is in use.
    #[error("has no account numbers left")]
    UsedUp,
}

/// Why a text is no IBAN.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IbanError {
    /// It has not the shape: two letters, two digits, 11 to 30 letters and digits.
    #[error("must have two letters, two digits, and 11 to 30 letters and digits")]
    Shape,
    /// A digit or letter is wrong.
    #[error("has check digits that do not hold")]
    CheckDigits,
}

impl Issuer {
    /// The issuer of this bank code in this country (ISO 3166-1 alpha-2, in either case).
    ///
    /// # Errors
    /// [`IssuerError::Country`], [`IssuerError::BankCode`].
    pub fn new(country: &str, bank: &str) -> Result<Self, IssuerError> {
        let format = FORMATS.iter().find(|format| format.country.eq_ignore_ascii_case(country));
        let format = format.ok_or(IssuerError::Country)?;
        let bank = bank.to_ascii_uppercase();
        if !fits(&bank, format.bank) {
            return Err(IssuerError::BankCode);
        }
        let account_digits = u32::try_from(format.account_digits).expect("account numbers are short");
        Ok(Self { country: format.country, bank, account_digits, key: format.key })
    }

    /// The country, in capitals.
    #[must_use]
    pub fn country(&self) -> &'static str {
        self.country
    }

    /// The bank's code, with its branch where the country has them.
    #[must_use]
    pub fn bank(&self) -> &str {
        &self.bank
    }

    /// The `number`-th account number. Different numbers give different accounts, and neighbours look nothing alike, so
    /// that nobody reads off an account how many there are.
    ///
    /// # Errors
    /// [`IssuerError::UsedUp`].
    pub fn account(&self, number: u64) -> Result<Iban, IssuerError> {
        // A step that shares no factor with a power of ten visits every number once: golden ratio, last digit 1.
        const STEP: u128 = 6_180_339_887_498_948_481;
        let modulus = 10_u128.pow(self.account_digits.min(COUNTED_DIGITS_MAX));
        if u128::from(number) >= modulus {
            return Err(IssuerError::UsedUp);
        }
        let scattered = u128::from(number) * (STEP % modulus) % modulus;
        let digits = self.account_digits as usize;
        let account = format!("{}{scattered:0digits$}", self.bank);
        let own = match self.key {
            Key::None => account,
            Key::Rib => format!("{account}{:02}", rib_key(&account)),
        };
        let check = 98 - remainder(&own, self.country, "00");
        Ok(Iban(format!("{}{check:02}{own}", self.country)))
    }
}

impl Iban {
    /// Parses an IBAN of any country; blanks are dropped, small letters raised.
    ///
    /// # Errors
    /// [`IbanError`].
    pub fn parse(text: &str) -> Result<Self, IbanError> {
        let iban: String =
            text.chars().take(64).filter(|c| !c.is_ascii_whitespace()).map(|c| c.to_ascii_uppercase()).collect();
        let bytes = iban.as_bytes();
        let shaped = (15..=34).contains(&bytes.len())
            && bytes[..2].iter().all(u8::is_ascii_uppercase)
            && bytes[2..4].iter().all(u8::is_ascii_digit)
            && bytes[4..].iter().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit());
        if !shaped {
            return Err(IbanError::Shape);
        }
        if remainder(&iban[4..], &iban[..2], &iban[2..4]) != 1 {
            return Err(IbanError::CheckDigits);
        }
        Ok(Self(iban))
    }

    /// The number, without blanks.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Iban {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("‹account›")
    }
}

fn fits(text: &str, runs: &[Run]) -> bool {
    let mut chars = text.chars();
    let met = runs.iter().all(|run| match *run {
        Digits(count) => (0..count).all(|_| chars.next().is_some_and(|c| c.is_ascii_digit())),
        Letters(count) => (0..count).all(|_| chars.next().is_some_and(|c| c.is_ascii_uppercase())),
    });
    met && chars.next().is_none()
}

/// The key of bank, branch and account, which are digits only: what is missing from a multiple of 97 once two digits are
/// put behind them. It is 1 to 97.
fn rib_key(account: &str) -> u32 {
    97 - account.chars().chain("00".chars()).fold(0, |sum, c| (sum * 10 + c.to_digit(10).unwrap_or(0)) % 97)
}

/// ISO 7064 mod 97-10: the number with country and check digits moved behind it, letters as 10 to 35.
fn remainder(own: &str, country: &str, check: &str) -> u32 {
    own.chars().chain(country.chars()).chain(check.chars()).fold(0, |sum, c| {
        let value = c.to_digit(36).unwrap_or(0);
        (if value < 10 { sum * 10 + value } else { sum * 100 + value }) % 97
    })
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;

    fn bank_of(format: &Format) -> String {
        let run = |run: &Run| match *run {
            Digits(count) => "9".repeat(count),
            Letters(count) => "V".repeat(count),
        };
        format.bank.iter().map(run).collect()
    }

    #[test]
    fn published_numbers_read() {
        // The examples of the SWIFT registry.
        for text in
            ["DE89370400440532013000", "GB29 NWBK 6016 1331 9268 19", "lt121000011101001000", "AT611904300234573201"]
        {
            assert!(Iban::parse(text).is_ok(), "{text}");
        }
        for (text, error) in [
            ("DE88370400440532013000", IbanError::CheckDigits),
            ("DE89370400440532013001", IbanError::CheckDigits),
            ("DE8937040044053201300", IbanError::CheckDigits),
            ("", IbanError::Shape),
            ("DE89", IbanError::Shape),
            ("D189370400440532013000", IbanError::Shape),
            ("DEX9370400440532013000", IbanError::Shape),
            ("DE8937040044053201300é", IbanError::Shape),
        ] {
            assert_eq!(Iban::parse(text), Err(error), "{text}");
        }
    }

    #[test]
    fn issuers_are_checked() {
        assert!(Issuer::new("de", "99999999").is_ok());
        assert!(Issuer::new("GB", "vest999999").is_ok());
        for (country, bank, error) in [
            ("IT", "30006", IssuerError::Country),
            ("FR", "30006", IssuerError::BankCode),
            ("", "99999999", IssuerError::Country),
            ("DE", "9999999", IssuerError::BankCode),
            ("DE", "999999999", IssuerError::BankCode),
            ("DE", "9999999X", IssuerError::BankCode),
            ("GB", "999999VEST", IssuerError::BankCode),
        ] {
            assert_eq!(Issuer::new(country, bank), Err(error), "{country} {bank}");
        }
        let small = Issuer::new("GB", "VEST999999").expect("an issuer");
        assert!(small.account(99_999_999).is_ok());
        assert_eq!(small.account(100_000_000), Err(IssuerError::UsedUp));
    }

    #[test]
    fn a_french_number_has_the_key_of_its_country() {
        // Published examples: bank, branch, account, key.
        for (account, key) in
            [("300060000112345678901", 89), ("200410100505000136026", 0), ("300040032000010000000", 0)]
        {
            if key > 0 {
                assert_eq!(rib_key(account), key, "{account}");
            }
            let whole: u64 = format!("{account}{:02}", rib_key(account))
                .bytes()
                .fold(0, |rest, digit| (rest * 10 + u64::from(digit - b'0')) % 97);
            assert_eq!(whole, 0, "{account}");
        }
        let issuer = Issuer::new("fr", "9999900001").expect("an issuer");
        let iban = issuer.account(7).expect("an account");
        assert_eq!(iban.as_str().len(), 27);
        assert!(iban.as_str().starts_with("FR") && iban.as_str()[4..].starts_with("9999900001"));
        assert_eq!(iban.as_str()[25..].parse(), Ok(rib_key(&iban.as_str()[4..25])));
    }

    #[test]
    fn a_whole_run_of_accounts_is_different() {
        let issuer = Issuer::new("DE", "99999999").expect("an issuer");
        let accounts: HashSet<Iban> = (0..20_000).map(|number| issuer.account(number).expect("an account")).collect();
        assert_eq!(accounts.len(), 20_000);
    }

    proptest! {
        #[test]
        fn what_is_issued_is_valid_everywhere(format in 0..FORMATS.len(), one in 0..100_000_000_u64, other in 0..100_000_000_u64) {
            let format = &FORMATS[format];
            let issuer = Issuer::new(format.country, &bank_of(format)).expect("an issuer");
            let iban = issuer.account(one).expect("an account");
            prop_assert_eq!(Iban::parse(iban.as_str()), Ok(iban.clone()));
            // Another implementation, which knows each country's own format, agrees.
            prop_assert!(iban.as_str().parse::<iban::Iban>().is_ok(), "{}", iban.as_str());
            prop_assert_eq!(one == other, iban == issuer.account(other).expect("an account"));
        }

        #[test]
        fn parsing_agrees_with_another_implementation(text in "[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}") {
            if text.parse::<iban::Iban>().is_ok() {
                prop_assert!(Iban::parse(&text).is_ok());
            }
        }

        #[test]
        fn one_wrong_digit_is_found(number in 0..10_000_000_000_u64, at in 4..22_usize, by in 1..10_u8) {
            let iban = Issuer::new("DE", "99999999").expect("an issuer").account(number).expect("an account");
            let mut bytes = iban.as_str().as_bytes().to_vec();
            bytes[at] = b'0' + (bytes[at] - b'0' + by) % 10;
            let wrong = String::from_utf8(bytes).expect("digits");
            prop_assert_eq!(Iban::parse(&wrong), Err(IbanError::CheckDigits));
        }
    }
}
