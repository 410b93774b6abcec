//! What tax numbers look like, country by country: their length and which characters stand where, as the tax authorities
//! publish it through the OECD. Blanks, dots, dashes, slashes and brackets are no part of a number.

/// `#` is a digit, `@` a letter, `*` either; anything else is itself. `|` is between the shapes that a country has.
const SHAPES: &[(&str, &str)] = &[
    ("ad", "@######@"),
    ("al", "@########@"),
    ("ar", "###########"),
    ("at", "#########"),
    ("be", "###########"),
    ("bg", "##########"),
    ("br", "###########"),
    ("ca", "#########"),
    ("ch", "756##########"),
    ("cl", "#######*|########*"),
    ("cn", "#################*|###############"),
    ("co", "########|#########|##########"),
    ("cr", "#########|##########|###########|############"),
    ("cy", "########@"),
    ("cz", "#########|##########"),
    ("de", "###########"),
    ("dk", "##########"),
    ("ee", "###########"),
    ("es", "########@|@#######@"),
    ("fi", "#########*|######@###*|######+###*"),
    ("fo", "#########"),
    ("fr", "#############"),
    ("gb", "##########|@@######@|@@######"),
    ("ge", "#########|###########"),
    ("gl", "##########"),
    ("gr", "#########"),
    ("hk", "@######*|@@######*"),
    ("hr", "###########"),
    ("hu", "##########"),
    ("id", "###############|################"),
    ("ie", "#######@|#######@@"),
    ("il", "#########"),
    ("im", "@@######@|@########"),
    ("in", "@@@@@####@"),
    ("is", "##########"),
    ("it", "@@@@@@**@**@***@"),
    ("je", "##########|@@######@"),
    ("jp", "############"),
    ("kr", "#############"),
    ("kw", "############"),
    ("kz", "############"),
    ("lt", "##########|###########"),
    ("lu", "#############"),
    ("lv", "###########"),
    ("mt", "#######@|#########"),
    ("mx", "@@@@######***|@@@######***"),
    ("ng", "##########|###########|############"),
    ("nl", "#########"),
    ("no", "###########"),
    ("nz", "########|#########"),
    ("pl", "##########|###########"),
    ("pt", "#########"),
    ("ro", "#############"),
    ("ru", "############"),
    ("sa", "##########|###############"),
    ("sc", "#########"),
    ("se", "##########|############"),
    ("sg", "@#######@"),
    ("si", "########"),
    ("sk", "#########|##########"),
    ("tr", "##########|###########"),
    ("us", "#########"),
    ("za", "##########"),
];

/// Longest number of a country whose numbers have no shape of their own here.
const CHARS_MAX: usize = 30;

/// Whether this may be a number of this country, alpha-2 in lower case. A country without a shape takes letters and digits.
pub fn fits(country: &str, number: &str) -> bool {
    if number.len() > 4 * CHARS_MAX {
        return false;
    }
    let bare: String = number.chars().filter(|c| !" .-/()".contains(*c)).flat_map(char::to_uppercase).collect();
    match SHAPES.iter().find(|(known, _)| *known == country) {
        Some((_, shapes)) => shapes.split('|').any(|shape| is_of(shape, &bare)),
        None => {
            let fits = |c: char| c.is_ascii_alphanumeric();
            !bare.is_empty() && bare.len() <= CHARS_MAX && bare.chars().all(fits)
        }
    }
}

fn is_of(shape: &str, number: &str) -> bool {
    let fits = |(wanted, c): (char, char)| match wanted {
        '#' => c.is_ascii_digit(),
        '@' => c.is_ascii_uppercase(),
        '*' => c.is_ascii_digit() || c.is_ascii_uppercase(),
        itself => c == itself,
    };
    shape.chars().count() == number.chars().count() && shape.chars().zip(number.chars()).all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_have_the_shape_of_their_country() {
        for (country, number, does) in [
            ("us", "219-09-9999", true),
            ("us", "21909999", false),
            ("de", "86 095 742 719", true),
            ("ch", "756.9217.0769.85", true),
            ("ch", "757.9217.0769.85", false),
            ("fr", "30 23 217 600 053", true),
            ("fr", "302321760005", false),
            ("es", "54237A", false),
            ("es", "54362315K", true),
            ("es", "X2482300W", true),
            ("it", "DMLPRY77D15H501F", true),
            ("it", "DMLPRY77D15H50", false),
            ("gb", "AB 12 34 56 C", true),
            ("pt", "299999998", true),
            ("pt", "29999999X", false),
            ("fi", "131052-308T", true),
            ("in", "abcpe1234f", true),
            ("pa", "8-442-445", true),
            ("kp", "", false),
            ("kp", "é", false),
        ] {
            assert_eq!(fits(country, number), does, "{country} {number}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_looked_at_without_harm(country in "[a-z]{2}", number in "\\PC{0,200}") {
            fits(&country, &number);
        }

        #[test]
        fn a_number_made_of_its_shape_fits(at in 0..SHAPES.len(), digits in "[0-9]{40}", letters in "[A-Z]{40}") {
            let (country, shapes) = SHAPES[at];
            for shape in shapes.split('|') {
                let (mut digit, mut letter) = (digits.chars(), letters.chars());
                let made: String = shape.chars().filter_map(|wanted| match wanted {
                    '#' | '*' => digit.next(),
                    '@' => letter.next(),
                    itself => Some(itself),
                }).collect();
                prop_assert!(fits(country, &made));
            }
        }
    }
}
