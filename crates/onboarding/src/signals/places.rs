//! States of the United States: their codes, their ZIP codes, and the areas of social security numbers once given there.

/// A state, district, territory or military post region, with what was numbered there.
struct Place {
    code: &'static str,
    /// First three digits of its ZIP codes, both ends inclusive (USPS, L002).
    zips: &'static [(u16, u16)],
    /// Areas of social security numbers given out there until 2011-06-25, both ends inclusive (SSA, POMS RM 10201.030).
    areas: &'static [(u16, u16)],
}

const fn place(code: &'static str, zips: &'static [(u16, u16)], areas: &'static [(u16, u16)]) -> Place {
    Place { code, zips, areas }
}

const PLACES: &[Place] = &[
    place("AL", &[(350, 352), (354, 369)], &[(416, 424)]),
    place("AK", &[(995, 999)], &[(574, 574)]),
    place("AZ", &[(850, 853), (855, 857), (859, 860), (863, 865)], &[(526, 527), (600, 601), (764, 765)]),
    place("AR", &[(716, 729)], &[(429, 432), (676, 679)]),
    place("CA", &[(900, 908), (910, 928), (930, 961)], &[(545, 573), (602, 626)]),
    place("CO", &[(800, 816)], &[(521, 524), (650, 653)]),
    place("CT", &[(60, 69)], &[(40, 49)]),
    place("DE", &[(197, 199)], &[(221, 222)]),
    place("DC", &[(200, 200), (202, 205), (569, 569)], &[(577, 579)]),
    place("FL", &[(320, 339), (341, 342), (344, 344), (346, 347), (349, 349)], &[(261, 267), (589, 595), (766, 772)]),
    place("GA", &[(300, 319), (398, 399)], &[(252, 260), (667, 675)]),
    place("HI", &[(967, 968)], &[(575, 576), (750, 751)]),
    place("ID", &[(832, 838)], &[(518, 519)]),
    place("IL", &[(600, 620), (622, 629)], &[(318, 361)]),
    place("IN", &[(460, 479)], &[(303, 317)]),
    place("IA", &[(500, 516), (520, 528)], &[(478, 485)]),
    place("KS", &[(660, 662), (664, 679)], &[(509, 515)]),
    place("KY", &[(400, 418), (420, 427)], &[(400, 407)]),
    place("LA", &[(700, 701), (703, 708), (710, 714)], &[(433, 439), (659, 665)]),
    place("ME", &[(39, 49)], &[(4, 7)]),
    place("MD", &[(206, 212), (214, 219)], &[(212, 220)]),
    place("MA", &[(10, 27), (55, 55)], &[(10, 34)]),
    place("MI", &[(480, 499)], &[(362, 386)]),
    place("MN", &[(550, 551), (553, 567)], &[(468, 477)]),
    place("MS", &[(386, 397)], &[(425, 428), (587, 588), (752, 755)]),
    place("MO", &[(630, 631), (633, 641), (644, 658)], &[(486, 500)]),
    place("MT", &[(590, 599)], &[(516, 517)]),
    place("NE", &[(680, 681), (683, 693)], &[(505, 508)]),
    place("NV", &[(889, 891), (893, 895), (897, 898)], &[(530, 530), (680, 680)]),
    place("NH", &[(30, 38)], &[(1, 3)]),
    place("NJ", &[(70, 89)], &[(135, 158)]),
    place("NM", &[(870, 871), (873, 875), (877, 884)], &[(525, 525), (585, 585), (648, 649)]),
    place("NY", &[(5, 5), (100, 149)], &[(50, 134)]),
    place("NC", &[(270, 289)], &[(232, 232), (237, 246), (681, 690)]),
    place("ND", &[(580, 588)], &[(501, 502)]),
    place("OH", &[(430, 459)], &[(268, 302)]),
    place("OK", &[(730, 731), (734, 741), (743, 749)], &[(440, 448)]),
    place("OR", &[(970, 979)], &[(540, 544)]),
    place("PA", &[(150, 196)], &[(159, 211)]),
    place("RI", &[(28, 29)], &[(35, 39)]),
    place("SC", &[(290, 299)], &[(247, 251), (654, 658)]),
    place("SD", &[(570, 577)], &[(503, 504)]),
    place("TN", &[(370, 385)], &[(408, 415), (756, 763)]),
    place("TX", &[(733, 733), (750, 770), (772, 799), (885, 885)], &[(449, 467), (627, 645)]),
    place("UT", &[(840, 847)], &[(528, 529), (646, 647)]),
    place("VT", &[(50, 54), (56, 59)], &[(8, 9)]),
    place("VA", &[(201, 201), (220, 246)], &[(223, 231), (691, 699)]),
    place("WA", &[(980, 986), (988, 994)], &[(531, 539)]),
    place("WV", &[(247, 268)], &[(232, 236)]),
    place("WI", &[(530, 532), (534, 535), (537, 549)], &[(387, 399)]),
    place("WY", &[(820, 831)], &[(520, 520)]),
    // Territories and freely associated states. American Samoa has its codes within Hawaii's 967.
    place("AS", &[(967, 967)], &[(586, 586)]),
    place("GU", &[(969, 969)], &[(586, 586)]),
    place("MP", &[(969, 969)], &[(586, 586)]),
    place("PR", &[(6, 7), (9, 9)], &[(580, 584), (596, 599)]),
    place("VI", &[(8, 8)], &[(580, 580)]),
    place("FM", &[(969, 969)], &[]),
    place("MH", &[(969, 969)], &[]),
    place("PW", &[(969, 969)], &[]),
    // Military and diplomatic post: Americas, Europe, Pacific.
    place("AA", &[(340, 340)], &[]),
    place("AE", &[(90, 98)], &[]),
    place("AP", &[(962, 966)], &[]),
];

/// Places that get their post over a border, by whole ZIP code.
const ACROSS_BORDERS: &[(&str, &str)] = &[
    ("06390", "NY"), // Fishers Island
    ("73949", "TX"), // Texhoma
    ("83414", "WY"), // Alta
];

/// Whether there is a state, district, territory or military region of this code, in whatever case.
#[must_use]
pub fn is_state(code: &str) -> bool {
    find(code).is_some()
}

/// Whether the code is that of a military post region.
#[must_use]
pub fn is_military(code: &str) -> bool {
    ["AA", "AE", "AP"].iter().any(|military| military.eq_ignore_ascii_case(code))
}

/// How a ZIP code and a state stand to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Zip {
    /// The code is in the state.
    Agrees,
    /// The code is in another state.
    Contradicts,
    /// No post office has a code that begins so.
    Unknown,
}

/// Compares the first digits of a ZIP code, five digits or nine, with a state that is known.
#[must_use]
pub fn zip_in_state(zip: &str, state: &str) -> Zip {
    let digits = zip.get(..5).filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()));
    let Some((five, prefix)) = digits.and_then(|five| Some((five, five.get(..3)?.parse::<u16>().ok()?))) else {
        return Zip::Unknown;
    };
    if ACROSS_BORDERS.iter().any(|(code, place)| *code == five && place.eq_ignore_ascii_case(state)) {
        return Zip::Agrees;
    }
    let mut owners = PLACES.iter().filter(|place| contains(place.zips, prefix)).peekable();
    if owners.peek().is_none() {
        return Zip::Unknown;
    }
    let agrees = owners.any(|place| place.code.eq_ignore_ascii_case(state));
    if agrees { Zip::Agrees } else { Zip::Contradicts }
}

/// Whether numbers of this area were given out in this state until 2011-06-25; the others were to be had elsewhere.
#[must_use]
pub fn area_of_state(area: u16, state: &str) -> bool {
    find(state).is_some_and(|place| contains(place.areas, area))
}

fn find(code: &str) -> Option<&'static Place> {
    PLACES.iter().find(|place| place.code.eq_ignore_ascii_case(code))
}

fn contains(ranges: &[(u16, u16)], number: u16) -> bool {
    ranges.iter().any(|&(first, last)| (first..=last).contains(&number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn well_known_places_are_where_they_are() {
        for (zip, state) in [
            ("10001", "NY"),
            ("00501", "NY"),
            ("90210", "CA"),
            ("02134", "MA"),
            ("20500", "DC"),
            ("20147", "VA"),
            ("60601", "IL"),
            ("77002", "TX"),
            ("73301", "TX"),
            ("88510", "TX"),
            ("99501", "AK"),
            ("96813", "HI"),
            ("96799", "AS"),
            ("00901", "PR"),
            ("00802", "VI"),
            ("96910", "GU"),
            ("09012", "AE"),
            ("06390", "NY"),
            ("83414", "wy"),
            ("30301-1234", "GA"),
            ("39901", "GA"),
            ("04101", "ME"),
            ("89501", "NV"),
            ("87501", "NM"),
        ] {
            assert_eq!(zip_in_state(zip, state), Zip::Agrees, "{zip} {state}");
        }
        for (zip, state) in [("10001", "CA"), ("90210", "NY"), ("06390", "NJ"), ("96799", "GU")] {
            assert_eq!(zip_in_state(zip, state), Zip::Contradicts, "{zip} {state}");
        }
        for zip in ["00000", "00499", "21300", "34300", "9021", "ABCDE", "１００01"] {
            assert_eq!(zip_in_state(zip, "NY"), Zip::Unknown, "{zip}");
        }
    }

    #[test]
    fn no_two_places_share_a_range_but_those_that_do() {
        for prefix in 0..1000 {
            let owners: Vec<_> =
                PLACES.iter().filter(|place| contains(place.zips, prefix)).map(|place| place.code).collect();
            let shared = matches!(prefix, 967 | 969);
            assert!(owners.len() < 2 || shared, "{prefix}: {owners:?}");
        }
        assert_eq!(PLACES.iter().filter(|place| is_state(place.code)).count(), 62);
        // Every area up to 772 belongs somewhere, but those that had no state.
        for area in 1..=772_u16 {
            let stateless = matches!(area, 666 | 700..=749);
            let somewhere = PLACES.iter().any(|place| contains(place.areas, area));
            assert_eq!(somewhere, !stateless, "{area}");
        }
    }
}
