//! The network as the store counts it, in memory: who is known so far, by what they share.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use onboarding::signals::network::{Link, NetworkFacts, Pace};
use onboarding::signals::shared;
use onboarding::{Customer, CustomerId};

#[derive(Debug, Default)]
pub struct Network {
    by_value: BTreeMap<(Link, String), Vec<(CustomerId, Timestamp)>>,
    flagged: BTreeSet<CustomerId>,
}

impl Network {
    /// Takes in one who was evaluated.
    pub fn add(&mut self, customer: &Customer) {
        for one in shared::values(customer) {
            let others = self.by_value.entry((one.link, one.value.0)).or_default();
            others.push((customer.id, customer.created_at));
        }
    }

    /// Takes in a person's word that one is a fraud.
    pub fn flag(&mut self, customer: CustomerId) {
        self.flagged.insert(customer);
    }

    /// Who is looked at again when this one comes or is flagged.
    pub fn others(&self, customer: &Customer) -> BTreeSet<CustomerId> {
        let day = SignedDuration::from_hours(24);
        let values = shared::values(customer).into_iter();
        let counting = values.filter(|one| one.link.carries_a_flag() || one.link == Link::EmailDomain);
        let mut others = BTreeSet::new();
        for one in counting {
            let fleeting = matches!(one.link, Link::Ip | Link::EmailDomain);
            let sharing = self.by_value.get(&(one.link, one.value.0)).into_iter().flatten();
            let near = |at: Timestamp| !fleeting || at.duration_since(customer.created_at).abs() <= day;
            others.extend(sharing.filter(|(other, at)| *other != customer.id && near(*at)).map(|(other, _)| *other));
        }
        others
    }

    /// What the others share with this one.
    pub fn facts(&self, customer: &Customer) -> NetworkFacts {
        let mut by_link: BTreeMap<Link, BTreeMap<CustomerId, Timestamp>> = BTreeMap::new();
        for one in shared::values(customer) {
            let others = self.by_value.get(&(one.link, one.value.0)).into_iter().flatten();
            let others = others.filter(|(other, _)| *other != customer.id).copied();
            by_link.entry(one.link).or_default().extend(others);
        }
        let with = |link: Link| -> BTreeSet<CustomerId> {
            by_link.get(&link).map(|others| others.keys().copied().collect()).unwrap_or_default()
        };
        let number = |count: usize| u32::try_from(count).expect("a small town");
        let pace = |link: Link| {
            let within = |window: SignedDuration| {
                let others = by_link.get(&link).into_iter().flatten();
                number(others.filter(|(_, at)| at.duration_since(customer.created_at).abs() <= window).count())
            };
            let (minutes, hour, day) =
                (SignedDuration::from_mins(10), SignedDuration::from_hours(1), SignedDuration::from_hours(24));
            Pace { ten_minutes: within(minutes), hour: within(hour), day: within(day) }
        };
        let flagged = |wanted: fn(Link) -> bool| {
            let links = Link::ALL.into_iter().filter(|link| wanted(*link));
            let others: BTreeSet<_> = links.flat_map(with).filter(|other| self.flagged.contains(other)).collect();
            number(others.len())
        };
        let ring: BTreeSet<_> =
            [Link::Phone, Link::Email, Link::Document, Link::Device].into_iter().flat_map(with).collect();
        let household = with(Link::Household);
        NetworkFacts {
            phone: number(with(Link::Phone).len()),
            email: number(with(Link::Email).len()),
            document: number(with(Link::Document).len()),
            device: number(with(Link::Device).len()),
            ring: number(ring.len()),
            ring_in_household: number(ring.intersection(&household).count()),
            household: number(household.len()),
            neighbours: number(with(Link::Address).difference(&household).count()),
            flagged: flagged(Link::is_personal),
            flagged_place: flagged(|link| matches!(link, Link::AddressAndName | Link::Ip)),
            ip_pace: pace(Link::Ip),
            device_pace: pace(Link::Device),
            domain_pace: pace(Link::EmailDomain),
        }
    }
}
