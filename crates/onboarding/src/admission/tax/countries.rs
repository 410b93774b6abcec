//! Which countries exchange tax data, and whether a customer must give its number there (common reporting standard, as the
//! Xpollens dialect lists them).

/// Countries whose number must be given, ISO 3166-1 alpha-2.
const REQUIRED: &str = "AD AL BE BG BN BR CA CH CN CO CR CZ DE DK EE ES FI FO GB GE GG GI GL GR HK HR HU IE IL IM IN IS \
    IT JE JP KR KW LI LT LU LV MH MT MX MY NG NL NO NR NZ PA PL PT RO RU SA SC SE SG SI SK SM SX TR US UY";

/// Countries that take part and whose number may be left out.
const OPTIONAL: &str = "AI AM AR AT AU AW AZ BB BZ CL CY DM EC FR GD GH ID JM KE KZ LC MD MO MU MV PE PK QA TT VU ZA";

/// Whether a customer must give its number in a country.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Number {
    /// It must.
    Required,
    /// The country takes part, and the number may be left out.
    Optional,
    /// The country does not take part; whatever is given is kept.
    NotAMember,
}

/// Whether a customer must give its number in this country, alpha-2 in lower case.
pub fn number(country: &str) -> Number {
    let listed = |list: &str| list.split(' ').any(|code| code.eq_ignore_ascii_case(country));
    if listed(REQUIRED) {
        Number::Required
    } else if listed(OPTIONAL) {
        Number::Optional
    } else {
        Number::NotAMember
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_country_is_known_and_on_one_list() {
        let codes: Vec<&str> = REQUIRED.split(' ').chain(OPTIONAL.split(' ')).collect();
        for (at, code) in codes.iter().enumerate() {
            assert_eq!(watchlists::country::code(code), Some(code.to_lowercase().as_str()), "{code}");
            assert!(!codes[..at].contains(code), "{code} stands twice");
        }
        assert_eq!((REQUIRED.split(' ').count(), OPTIONAL.split(' ').count()), (66, 31));
        for (country, wants) in [
            ("us", Number::Required),
            ("pt", Number::Required),
            ("fr", Number::Optional),
            ("at", Number::Optional),
            ("kp", Number::NotAMember),
            ("ma", Number::NotAMember),
        ] {
            assert_eq!(number(country), wants, "{country}");
        }
    }
}
