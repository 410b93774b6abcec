//! What other customers share with this one: facts that the store counts, and what they say.
//!
//! The rule: two or more other customers who share phone, e-mail address, document or device are a ring, and so is any
//! one who was flagged and shares one of these, the same name at the same address, or the IP address. An address alone is
//! none: families and neighbours live at one.

use super::Signal;
use super::names::SignalName;

/// What two customers can have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Link {
    /// The phone number.
    Phone,
    /// The mailbox.
    Email,
    /// The number of a document, the social security number among them.
    Document,
    /// The device.
    Device,
    /// The address and the whole name.
    AddressAndName,
    /// The address and the family name.
    Household,
    /// The address.
    Address,
    /// The IP address.
    Ip,
    /// The domain of the e-mail address, where it is not one of the common providers.
    EmailDomain,
}

impl Link {
    /// Every link.
    pub const ALL: [Self; 9] = [
        Self::Phone,
        Self::Email,
        Self::Document,
        Self::Device,
        Self::AddressAndName,
        Self::Household,
        Self::Address,
        Self::Ip,
        Self::EmailDomain,
    ];

    /// The word that keeps tokens of one kind from meeting those of another.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Phone => "phone",
            Self::Email => "email",
            Self::Document => "document",
            Self::Device => "device",
            Self::AddressAndName => "address_and_name",
            Self::Household => "household",
            Self::Address => "address",
            Self::Ip => "ip",
            Self::EmailDomain => "email_domain",
        }
    }

    /// Whether sharing it ties people together: it should be one person's own.
    #[must_use]
    pub const fn is_personal(self) -> bool {
        matches!(self, Self::Phone | Self::Email | Self::Document | Self::Device)
    }

    /// Whether a flagged customer on the other end makes a ring.
    #[must_use]
    pub const fn carries_a_flag(self) -> bool {
        self.is_personal() || matches!(self, Self::AddressAndName | Self::Ip)
    }
}

/// What the network knows around one customer. Counts are of *other* customers and may stop at a bound.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NetworkFacts {
    /// Others with the same phone number.
    pub phone: u32,
    /// Others with the same mailbox.
    pub email: u32,
    /// Others with the same document number.
    pub document: u32,
    /// Others from the same device.
    pub device: u32,
    /// Others who share at least one of phone, mailbox, document and device, each counted once.
    pub ring: u32,
    /// Of those in `ring`, how many have the same family name at the same address.
    pub ring_in_household: u32,
    /// Others with the same family name at the same address, whatever else they share.
    pub household: u32,
    /// Others at the same address with another family name.
    pub neighbours: u32,
    /// Flagged customers who share phone, mailbox, document or device, in this house's other tenants as well where both
    /// take part in the network.
    pub flagged: u32,
    /// Flagged customers with the same name at the same address, or with the same IP address.
    pub flagged_place: u32,
    /// Others from the same IP address within a time.
    pub ip_pace: Pace,
    /// Others from the same device within a time.
    pub device_pace: Pace,
    /// Others with the same uncommon e-mail domain within a time.
    pub domain_pace: Pace,
}

impl NetworkFacts {
    /// Whether those around should be looked at again, because of one who has just come: what they share looks different
    /// now than when they came themselves. At each doubling, so that of a thousand who share one thing nobody is looked at
    /// a thousand times.
    #[must_use]
    pub fn changes_others(&self) -> bool {
        let doubled = |count: u32| count.is_power_of_two();
        let burst = |pace: Pace, burst: Burst| {
            let windows = [(pace.ten_minutes, burst.ten_minutes), (pace.hour, burst.hour), (pace.day, burst.day)];
            windows.into_iter().any(|(others, from)| others >= from && others % from == 0 && doubled(others / from))
        };
        doubled(self.ring)
            || burst(self.ip_pace, IP_BURST)
            || burst(self.device_pace, DEVICE_BURST)
            || burst(self.domain_pace, DOMAIN_BURST)
    }
}

/// How many came within a time before the customer itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Pace {
    /// Within ten minutes.
    pub ten_minutes: u32,
    /// Within an hour.
    pub hour: u32,
    /// Within a day.
    pub day: u32,
}

impl Pace {
    /// The same, so many fewer in each window.
    fn without(self, others: u32) -> Self {
        Self {
            ten_minutes: self.ten_minutes.saturating_sub(others),
            hour: self.hour.saturating_sub(others),
            day: self.day.saturating_sub(others),
        }
    }
}

/// Most of a family that are believed to be one.
const FAMILY_MAX: u32 = 6;

/// From how many others on a pace is a burst, in each window.
#[derive(Debug, Clone, Copy)]
struct Burst {
    ten_minutes: u32,
    hour: u32,
    day: u32,
}

/// Offices, schools and mobile carriers put many honest people behind one address.
const IP_BURST: Burst = Burst { ten_minutes: 3, hour: 6, day: 15 };
/// A family registers two or three on one device; more is a counter, or a farm.
const DEVICE_BURST: Burst = Burst { ten_minutes: 2, hour: 3, day: 4 };
/// An employer sends its staff in one week, not in ten minutes.
const DOMAIN_BURST: Burst = Burst { ten_minutes: 4, hour: 8, day: 20 };

/// From how many neighbours of other names on an address is crowded: a large house has more, so it weighs little.
const CROWD: u32 = 8;

/// What the network says.
#[must_use]
pub fn signals(facts: &NetworkFacts) -> Vec<Signal> {
    let mut signals = Vec::new();
    let shared = [
        (SignalName::NetworkPhone, facts.phone),
        (SignalName::NetworkEmail, facts.email),
        (SignalName::NetworkDocument, facts.document),
        (SignalName::NetworkDevice, facts.device),
    ];
    let family = facts.ring_in_household.min(FAMILY_MAX);
    for (name, others) in shared {
        if others > 0 {
            signals.push(Signal::at(name, shared_strength(name, others, family)));
        }
    }
    if facts.ring >= 2 {
        let percent = if facts.ring.saturating_sub(family) >= 2 { 100 } else { 25 };
        signals.push(Signal::at(SignalName::NetworkRing, percent));
    }
    if facts.ring_in_household > 0 {
        signals.push(Signal::new(SignalName::NetworkHousehold));
    }
    if facts.flagged > 0 {
        signals.push(Signal::new(SignalName::NetworkFlagged));
    }
    if facts.flagged_place > 0 {
        signals.push(Signal::new(SignalName::NetworkFlaggedPlace));
    }
    if facts.neighbours >= CROWD {
        signals.push(Signal::new(SignalName::NetworkCrowd));
    }
    let paces = [
        (SignalName::NetworkBurstIp, facts.ip_pace, IP_BURST),
        (SignalName::NetworkBurstDevice, facts.device_pace, DEVICE_BURST),
        (SignalName::NetworkBurstDomain, facts.domain_pace, DOMAIN_BURST),
    ];
    for (name, pace, burst) in paces {
        if let Some(percent) = burst_strength(pace.without(facts.household.min(FAMILY_MAX)), burst) {
            signals.push(Signal::at(name, percent));
        }
    }
    if facts.ring == 0 && facts.flagged == 0 {
        signals.push(Signal::new(SignalName::NetworkAlone));
    }
    signals
}

/// One other is often a partner; each more is less so. A document is one person's from the start. Of a family's sharing
/// a quarter is left: it is what families do, and what somebody would say who is none.
fn shared_strength(name: SignalName, others: u32, family: u32) -> u8 {
    let strength = |others: u32| match (name, others) {
        (_, 0) => 0,
        (SignalName::NetworkDocument, 1) => 70,
        (_, 1) => 40,
        (_, 2) => 70,
        _ => 100,
    };
    strength(others.saturating_sub(family)).max(strength(others) / 4)
}

/// Half at the edge of a window, all of it at twice as many; the widest of the three counts.
fn burst_strength(pace: Pace, burst: Burst) -> Option<u8> {
    let windows = [(pace.ten_minutes, burst.ten_minutes), (pace.hour, burst.hour), (pace.day, burst.day)];
    let strengths = windows.into_iter().filter(|(others, from)| others >= from);
    let strengths = strengths.map(|(others, from)| u8::try_from((others * 50 / from).min(100)).unwrap_or(100));
    strengths.max()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::found;
    use super::*;
    use crate::evaluation::Tag;
    use crate::evaluation::model::FraudModel;

    fn fails(facts: &NetworkFacts) -> bool {
        signals(facts).iter().any(|signal| signal.fails() == Some(Tag::FraudReports))
    }

    #[test]
    fn what_makes_a_ring() {
        let none = NetworkFacts::default();
        for (what, facts, expected) in [
            ("nothing", none.clone(), false),
            ("one other with the phone", NetworkFacts { phone: 1, ring: 1, ..none.clone() }, false),
            ("two others with the phone", NetworkFacts { phone: 2, ring: 2, ..none.clone() }, true),
            (
                "one with the phone, one with the device",
                NetworkFacts { phone: 1, device: 1, ring: 2, ..none.clone() },
                true,
            ),
            ("one who has both", NetworkFacts { phone: 1, device: 1, ring: 1, ..none.clone() }, false),
            ("a house full of neighbours", NetworkFacts { neighbours: 90, ..none.clone() }, false),
            ("a flagged one with the e-mail", NetworkFacts { email: 1, ring: 1, flagged: 1, ..none.clone() }, true),
            ("a flagged one at the same place", NetworkFacts { flagged_place: 1, ..none.clone() }, true),
            ("a burst", NetworkFacts { ip_pace: Pace { ten_minutes: 50, hour: 50, day: 50 }, ..none }, false),
        ] {
            assert_eq!(fails(&facts), expected, "{what}");
        }
    }

    #[test]
    fn a_burst_is_measured_against_its_window() {
        let at = |ten_minutes, hour, day| NetworkFacts {
            ip_pace: Pace { ten_minutes, hour, day },
            ..NetworkFacts::default()
        };
        assert_eq!(found(&signals(&at(2, 5, 14))), ["network.alone"]);
        for burst in [at(3, 3, 3), at(0, 6, 6), at(0, 0, 15)] {
            assert_eq!(found(&signals(&burst)), ["network.burst_ip", "network.alone"]);
        }
        assert_eq!(burst_strength(Pace { ten_minutes: 3, hour: 3, day: 3 }, IP_BURST), Some(50));
        assert_eq!(burst_strength(Pace { ten_minutes: 60, hour: 60, day: 60 }, IP_BURST), Some(100));
    }

    #[test]
    fn others_are_looked_at_again_at_each_doubling() {
        let ring = |ring| NetworkFacts { ring, ..NetworkFacts::default() }.changes_others();
        let ip = |hour| NetworkFacts { ip_pace: Pace { ten_minutes: 0, hour, day: hour }, ..NetworkFacts::default() };
        let at: Vec<u32> = (0..=50).filter(|count| ring(*count)).collect();
        assert_eq!(at, [1, 2, 4, 8, 16, 32]);
        let at: Vec<u32> = (0..=50).filter(|count| ip(*count).changes_others()).collect();
        assert_eq!(at, [6, 12, 15, 24, 30, 48]);
    }

    #[test]
    fn what_a_family_shares_weighs_a_quarter() {
        let alone = NetworkFacts { phone: 2, device: 2, ring: 2, ..NetworkFacts::default() };
        let family = NetworkFacts { ring_in_household: 2, household: 2, ..alone.clone() };
        let strengths = |facts: &NetworkFacts| -> Vec<u8> {
            signals(facts).iter().map(|signal| signal.strength.as_percent()).collect()
        };
        assert_eq!(strengths(&alone), [70, 70, 100]);
        assert_eq!(strengths(&family), [17, 17, 25, 100]);
        assert!(fails(&alone) && fails(&family), "the rule counts heads");
        let one_more = NetworkFacts { phone: 4, ring: 4, ..family };
        assert_eq!(strengths(&one_more), [70, 17, 100, 100]);
    }

    proptest! {
        /// Whatever else is so, one more who shares never makes a customer look safer, unless it is family.
        #[test]
        fn more_that_share_never_raise_the_score(counts in prop::array::uniform9(0..6_u32), more in 0..9_usize) {
            let facts = |counts: [u32; 9]| {
                let [phone, email, document, device, neighbours, flagged, flagged_place, pace, domain] = counts;
                let ring = phone.max(email).max(document).max(device);
                let at = |count: u32| Pace { ten_minutes: count, hour: count, day: count };
                NetworkFacts {
                    phone, email, document, device, ring, ring_in_household: 0, household: 0, neighbours, flagged, flagged_place,
                    ip_pace: at(pace), device_pace: at(pace), domain_pace: at(domain),
                }
            };
            let mut worse = counts;
            worse[more] += 1;
            let model = FraudModel::default();
            let score = |counts| model.weigh(&signals(&facts(counts))).value();
            prop_assert!(score(worse) <= score(counts));
        }
    }
}
