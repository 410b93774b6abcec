//! What others share with a customer: two queries, each bounded whatever there is.

use std::collections::{BTreeMap, BTreeSet};

use db::{Row, Value, sql, values};
use jiff::{SignedDuration, Timestamp};
use onboarding::signals::network::{Link, NetworkFacts, Pace};
use onboarding::{Customer, CustomerId};

use super::{Linked, Scope, TOKEN_BYTES, Token, linked};
use crate::context::Ctx;
use crate::error::StoreError;
use crate::open::Store;
use crate::rows::{Reader, id, time};
use crate::statements::statements;

/// Those who share one token, the newest of them: enough for every threshold there is.
macro_rules! sharers {
    ($table:literal, $name:literal, $token:literal, $more:literal) => {
        concat!(
            "SELECT token, customer_id, created_at, flagged FROM (SELECT token, customer_id, created_at, flagged FROM ",
            $table,
            " WHERE ",
            $more,
            " AND token=",
            $token,
            " AND customer_id<>$2 ORDER BY created_at DESC LIMIT 50) bounded_",
            $name
        )
    };
}

/// The same, of the day before and after the customer itself came.
macro_rules! of_the_day {
    ($name:literal, $token:literal) => {
        concat!(
            "SELECT token, customer_id, created_at, flagged FROM (SELECT token, customer_id, created_at, flagged FROM ",
            "customer_links WHERE tenant_id=$1 AND token=",
            $token,
            " AND created_at>=$3 AND created_at<=$4 ",
            "AND customer_id<>$2 ORDER BY created_at DESC LIMIT 100) bounded_",
            $name
        )
    };
}

statements! {
    // $5 phone, $6 e-mail, $7 and $8 documents, $9 device, $10 household, $11 address, $12 IP, $13 domain, $14 name and
    // address. Who is flagged is asked apart: there are few, and the newest fifty may hide them.
    SHARED_IN_TENANT = sql(concat!(
        sharers!("customer_links", "phone", "$5", "tenant_id=$1"), " UNION ALL ",
        sharers!("customer_links", "email", "$6", "tenant_id=$1"), " UNION ALL ",
        sharers!("customer_links", "tax_id", "$7", "tenant_id=$1"), " UNION ALL ",
        sharers!("customer_links", "document", "$8", "tenant_id=$1"), " UNION ALL ",
        sharers!("customer_links", "device", "$9", "tenant_id=$1"), " UNION ALL ",
        sharers!("customer_links", "household", "$10", "tenant_id=$1"), " UNION ALL ",
        sharers!("customer_links", "address", "$11", "tenant_id=$1"), " UNION ALL ",
        of_the_day!("ip", "$12"), " UNION ALL ",
        of_the_day!("domain", "$13"), " UNION ALL ",
        "SELECT token, customer_id, created_at, flagged FROM (SELECT token, customer_id, created_at, flagged FROM ",
        "customer_links WHERE tenant_id=$1 AND flagged = 1 AND token IN ($5, $6, $7, $8, $9, $12, $14) ",
        "AND customer_id<>$2 LIMIT 50) bounded_flagged"
    ));
    // Of other tenants, where both sides take part. $8 name and address, $9 IP.
    SHARED_IN_NETWORK = sql(concat!(
        sharers!("network_links", "phone", "$3", "tenant_id IN (SELECT tenant_id FROM network_members) AND tenant_id<>$1"),
        " UNION ALL ",
        sharers!("network_links", "email", "$4", "tenant_id IN (SELECT tenant_id FROM network_members) AND tenant_id<>$1"),
        " UNION ALL ",
        sharers!("network_links", "tax_id", "$5", "tenant_id IN (SELECT tenant_id FROM network_members) AND tenant_id<>$1"),
        " UNION ALL ",
        sharers!("network_links", "document", "$6", "tenant_id IN (SELECT tenant_id FROM network_members) AND tenant_id<>$1"),
        " UNION ALL ",
        sharers!("network_links", "device", "$7", "tenant_id IN (SELECT tenant_id FROM network_members) AND tenant_id<>$1"),
        " UNION ALL ",
        "SELECT token, customer_id, created_at, flagged FROM (SELECT token, customer_id, created_at, flagged FROM ",
        "network_links WHERE flagged = 1 AND token IN ($3, $4, $5, $6, $7, $8, $9) AND customer_id<>$2 ",
        "AND tenant_id IN (SELECT tenant_id FROM network_members) AND tenant_id<>$1 LIMIT 50) bounded_flagged"
    ));
    TAKES_PART = sql("SELECT tenant_id FROM network_members WHERE tenant_id=$1");
}

/// What is known around a customer.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Known {
    /// What is shared, counted.
    pub facts: NetworkFacts,
    /// Who shares it, of the customer's own tenant: those who count in a ring, a burst or by a flag. Bounded.
    pub others: BTreeSet<CustomerId>,
}

/// A day on either side: what was evaluated late still sees the burst it came in.
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// Who shares each link, with when they came.
#[derive(Debug, Default)]
struct Sharers {
    by_link: BTreeMap<Link, BTreeMap<CustomerId, Timestamp>>,
    flagged: BTreeMap<Link, BTreeSet<CustomerId>>,
}

impl Store {
    /// What others share with this customer: of its own tenant, and of other tenants of the house where both take part in
    /// the network. Counts stop at bounds that are above every threshold. One query, two in the network.
    ///
    /// Somebody elsewhere with the same document is taken for the same person, who may be a customer of many; it counts
    /// only when flagged.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn network_facts(&self, ctx: &Ctx, customer: &Customer) -> Result<Known, StoreError> {
        let keys = self.keys(ctx.tenant).await?;
        let linked = linked(customer, &keys.blind, Some(self.network_key()));
        let of = |scope: Scope| Tokens(linked.iter().filter(|one| one.scope == scope).copied().collect());
        let (tenant, network) = (of(Scope::Tenant), of(Scope::Network));
        let came = customer.created_at;
        let mut values = values![id(ctx.tenant.0), id(customer.id.0)];
        values.push(time(came.checked_sub(DAY).unwrap_or(Timestamp::MIN)));
        values.push(time(came.checked_add(DAY).unwrap_or(Timestamp::MAX)));
        values.extend(tenant.personal());
        values.extend(
            [Link::Household, Link::Address, Link::Ip, Link::EmailDomain, Link::AddressAndName]
                .map(|link| tenant.nth(link, 0)),
        );
        let here = Sharers::read(&self.db().read(&SHARED_IN_TENANT, values).await?, &tenant)?;
        let takes_part = self.db().read_one(&TAKES_PART, values![id(ctx.tenant.0)]).await?.is_some();
        let mut elsewhere = Sharers::default();
        if takes_part {
            let mut values = values![id(ctx.tenant.0), id(customer.id.0)];
            values.extend(network.personal());
            values.extend([Link::AddressAndName, Link::Ip].map(|link| network.nth(link, 0)));
            elsewhere = Sharers::read(&self.db().read(&SHARED_IN_NETWORK, values).await?, &network)?;
        }
        Ok(Known { facts: count(&here, &elsewhere, came), others: here.counting() })
    }
}

/// The tokens of one scope.
struct Tokens(Vec<Linked>);

impl Tokens {
    /// The parameter for the nth token of this kind; sixteen zero bytes, which no digest is, where there is none.
    fn nth(&self, link: Link, n: usize) -> Value {
        let token = self.0.iter().filter(|one| one.link == link).nth(n).map_or([0; TOKEN_BYTES], |one| one.token);
        Value::from(&token)
    }

    /// Phone, e-mail, two documents, device.
    fn personal(&self) -> [Value; 5] {
        let first = |link| self.nth(link, 0);
        [
            first(Link::Phone),
            first(Link::Email),
            first(Link::Document),
            self.nth(Link::Document, 1),
            first(Link::Device),
        ]
    }

    fn link(&self, token: &Token) -> Option<Link> {
        self.0.iter().find(|one| one.token == *token).map(|one| one.link)
    }
}

impl Sharers {
    fn read(rows: &[Row], tokens: &Tokens) -> Result<Self, StoreError> {
        let mut sharers = Self::default();
        for row in rows {
            let row = Reader::new(row, "customer_links", "customer_id");
            let token = row.bytes("token")?.try_into().map_err(|_| row.inconsistent("its token has no 16 bytes"))?;
            let Some(link) = tokens.link(&token) else { continue };
            let other = row.customer("customer_id")?;
            sharers.by_link.entry(link).or_default().insert(other, row.time("created_at")?);
            if row.truth("flagged")? {
                sharers.flagged.entry(link).or_default().insert(other);
            }
        }
        Ok(sharers)
    }

    fn with(&self, link: Link) -> BTreeSet<CustomerId> {
        self.by_link.get(&link).map(|others| others.keys().copied().collect()).unwrap_or_default()
    }

    /// Everybody who counts in a ring, in a burst, or would by a flag.
    fn counting(&self) -> BTreeSet<CustomerId> {
        let counts = |link: Link| link.carries_a_flag() || link == Link::EmailDomain;
        let links = self.by_link.iter().filter(|(link, _)| counts(**link));
        links.flat_map(|(_, others)| others.keys()).copied().collect()
    }

    fn flagged(&self, wanted: fn(Link) -> bool) -> BTreeSet<CustomerId> {
        self.flagged.iter().filter(|(link, _)| wanted(**link)).flat_map(|(_, others)| others).copied().collect()
    }

    fn pace(&self, link: Link, came: Timestamp) -> Pace {
        let Some(others) = self.by_link.get(&link) else { return Pace::default() };
        let within = |window: SignedDuration| {
            number(others.values().filter(|at| at.duration_since(came).abs() <= window).count())
        };
        Pace {
            ten_minutes: within(SignedDuration::from_mins(10)),
            hour: within(SignedDuration::from_hours(1)),
            day: within(DAY),
        }
    }
}

fn count(here: &Sharers, elsewhere: &Sharers, came: Timestamp) -> NetworkFacts {
    let same_person = elsewhere.with(Link::Document);
    let sharing = |link: Link| -> BTreeSet<CustomerId> {
        let others = elsewhere.with(link);
        here.with(link).into_iter().chain(others.difference(&same_person).copied()).collect()
    };
    let (phone, email, device) = (sharing(Link::Phone), sharing(Link::Email), sharing(Link::Device));
    let document = here.with(Link::Document);
    let ring: BTreeSet<_> = [&phone, &email, &device, &document].into_iter().flatten().copied().collect();
    let household = here.with(Link::Household);
    let place = |link: Link| matches!(link, Link::AddressAndName | Link::Ip);
    let flagged = |wanted: fn(Link) -> bool| number(here.flagged(wanted).union(&elsewhere.flagged(wanted)).count());
    NetworkFacts {
        phone: number(phone.len()),
        email: number(email.len()),
        document: number(document.len()),
        device: number(device.len()),
        ring: number(ring.len()),
        ring_in_household: number(ring.intersection(&household).count()),
        household: number(household.len()),
        neighbours: number(here.with(Link::Address).difference(&household).count()),
        flagged: flagged(Link::is_personal),
        flagged_place: flagged(place),
        ip_pace: here.pace(Link::Ip, came),
        device_pace: here.pace(Link::Device, came),
        domain_pace: here.pace(Link::EmailDomain, came),
    }
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
