//! Who shares what: counted within a tenant, across tenants only where both take part, and bounded whatever there is.

use std::collections::BTreeMap;

use jiff::Timestamp;
use onboarding::customer::Draft;
use onboarding::evaluation::{Evaluation, Origin, flag};
use onboarding::signals::network::{NetworkFacts, Pace};
use onboarding::{Changes, Customer, Party, Pii};
use store::{Ctx, NETWORK_SHARE};
use testkit::engines;

use crate::house::{Counter, House, at, erna, pii, rows};

/// What a test's customer shares; everything else is its own.
#[derive(Default, Clone, Copy)]
struct Own<'a> {
    first: &'a str,
    last: &'a str,
    phone: &'a str,
    email: &'a str,
    number: &'a str,
    device: &'a str,
    ip: &'a str,
    street: &'a str,
}

fn changes(ctx: &Ctx, own: Own<'_>, now: Timestamp) -> Changes {
    let mut changes = erna(ctx, own.first, now);
    let customer = &mut changes.customer;
    if let Party::Person(person) = &mut customer.party {
        person.tax_id = None;
        person.name.last = pii(own.last);
    }
    let phone = customer.phones.primary().map(|record| (record.id, record.value.clone()));
    let (id, mut value) = phone.expect("erna has a phone");
    value.number = pii(own.phone);
    customer.phones.change(id, value, onboarding::records::Standing::Primary, now).expect("there");
    let (id, mut value) = customer.emails.primary().map(|one| (one.id, one.value.clone())).expect("an e-mail");
    value.address = pii(own.email);
    customer.emails.change(id, value, onboarding::records::Standing::Primary, now).expect("there");
    let (id, mut value) = customer.identifications.primary().map(|one| (one.id, one.value.clone())).expect("one");
    value.number = pii(own.number);
    customer.identifications.change(id, value, onboarding::records::Standing::Primary, now).expect("there");
    let (id, mut value) = customer.addresses.primary().map(|one| (one.id, one.value.clone())).expect("an address");
    value.street = vec![pii(own.street)];
    customer.addresses.change(id, value, onboarding::records::Standing::Primary, now).expect("there");
    let device = Some(own.device).filter(|device| !device.is_empty()).map(pii);
    let origin = Origin { ip: own.ip.parse().ok().map(Pii), ip_country: None, device };
    customer.evaluation = Some(Evaluation::unknown(origin));
    changes
}

async fn let_in(house: &House, ctx: &Ctx, own: Own<'_>, now: Timestamp) -> Customer {
    let changes = changes(ctx, own, now);
    let mut write = house.store.write(ctx, now);
    write.apply(&changes).expect("its tenant");
    write.commit().await.expect("nobody is in the way");
    changes.customer
}

async fn turn_flag(house: &House, ctx: &Ctx, customer: Customer, on: bool) -> Customer {
    let mut ids = Counter;
    let mut draft = Draft::new(customer, &mut ids, at(500));
    if on {
        flag::flag(&mut draft, None);
    } else {
        flag::unflag(&mut draft);
    }
    let changes = draft.finish();
    let mut write = house.store.write(ctx, at(500));
    write.apply(&changes).expect("its tenant");
    write.commit().await.expect("nobody is in the way");
    changes.customer
}

async fn facts(house: &House, ctx: &Ctx, customer: &Customer) -> NetworkFacts {
    house.store.network_facts(ctx, customer).await.expect("readable").facts
}

async fn share(house: &House, ctx: &Ctx, on: bool) {
    let tenant = house.store.tenant(ctx.tenant).await.expect("readable").expect("there");
    let settings = BTreeMap::from([(NETWORK_SHARE.to_owned(), on.to_string())]);
    let mut write = house.store.write(ctx, at(1));
    let version = tenant.version + 1;
    write.settings_changed(&store::Tenant { settings, version, ..tenant }).expect("its own");
    write.commit().await.expect("nobody is in the way");
}

const ANN: Own<'static> = Own {
    first: "Ann",
    last: "Archer",
    phone: "2127365000",
    email: "ann.archer@gmail.com",
    number: "A1",
    device: "d-ann",
    ip: "12.34.56.78",
    street: "1 Elm Street",
};

const BOB: Own<'static> = Own {
    first: "Bob",
    last: "Baker",
    phone: "3127365001",
    email: "bob@bakers.com",
    number: "B1",
    device: "d-bob",
    ip: "12.34.56.79",
    street: "2 Oak Street",
};

engines! {
    async fn what_others_share_is_counted(house: House) {
        let ann = let_in(&house, &house.ctx, ANN, at(0)).await;
        assert_eq!(facts(&house, &house.ctx, &ann).await, NetworkFacts::default());
        // Another spelling of the same phone and mailbox, and the same device with another case of name: one other.
        let twin = Own { phone: "+1 (212) 736-5000", email: "AnnArcher+x@googlemail.com", device: "d-ann", ..BOB };
        let_in(&house, &house.ctx, twin, at(1)).await;
        let found = facts(&house, &house.ctx, &ann).await;
        assert_eq!((found.phone, found.email, found.device, found.document, found.ring), (1, 1, 1, 0, 1));
        let_in(&house, &house.ctx, Own { number: "a-1", phone: "4157365002", email: "c@bakers.com", device: "d-c", ..BOB }, at(2)).await;
        let found = facts(&house, &house.ctx, &ann).await;
        assert_eq!((found.document, found.ring, found.flagged), (1, 2, 0));
        // Of another tenant nothing is known.
        let same = let_in(&house, &house.other, ANN, at(3)).await;
        assert_eq!(facts(&house, &house.other, &same).await, NetworkFacts::default());
    }

    async fn a_family_is_no_ring_and_neighbours_are_told_apart(house: House) {
        let ann = let_in(&house, &house.ctx, ANN, at(0)).await;
        let family = Own { first: "Carl", phone: "2127365000", email: "carl@archers.com", number: "C1", device: "d-c", ..ANN };
        let_in(&house, &house.ctx, family, at(90_000)).await;
        let_in(&house, &house.ctx, Own { street: "1 Elm St", ip: "12.9.9.9", ..BOB }, at(90_001)).await;
        let found = facts(&house, &house.ctx, &ann).await;
        assert_eq!((found.ring, found.ring_in_household, found.neighbours), (1, 1, 1));
        assert_eq!(found.ip_pace, Pace::default());
    }

    async fn pace_is_counted_in_its_windows(house: House) {
        let ann = let_in(&house, &house.ctx, ANN, at(100_000)).await;
        for (n, seconds) in [(0, 60), (1, 1_800), (2, 7_200), (3, 90_000)] {
            let (number, phone, device) = (format!("N{n}"), format!("312736500{n}"), format!("d-{n}"));
            let email = format!("p{n}@bakers.com");
            let own = Own { number: &number, phone: &phone, device: &device, email: &email, ip: ANN.ip, ..BOB };
            let_in(&house, &house.ctx, own, at(100_000 - seconds)).await;
        }
        assert_eq!(facts(&house, &house.ctx, &ann).await.ip_pace, Pace { ten_minutes: 1, hour: 2, day: 3 });
    }

    async fn a_flag_is_met_until_it_is_taken_back(house: House) {
        let ann = let_in(&house, &house.ctx, ANN, at(0)).await;
        let bob = let_in(&house, &house.ctx, Own { phone: ANN.phone, ..BOB }, at(1)).await;
        let eve = let_in(&house, &house.ctx, Own { first: "Ann", last: "Archer", street: ANN.street, number: "E1", phone: "6177365000", email: "e@e.com", device: "d-e", ip: "12.1.1.1" }, at(2)).await;
        assert_eq!(facts(&house, &house.ctx, &ann).await.flagged, 0);
        let bob = turn_flag(&house, &house.ctx, bob, true).await;
        assert_eq!(facts(&house, &house.ctx, &ann).await.flagged, 1);
        turn_flag(&house, &house.ctx, bob, false).await;
        assert_eq!(facts(&house, &house.ctx, &ann).await.flagged, 0);
        turn_flag(&house, &house.ctx, eve, true).await;
        let found = facts(&house, &house.ctx, &ann).await;
        assert_eq!((found.flagged, found.flagged_place), (0, 1));
    }

    async fn what_a_customer_gives_up_is_met_no_more(house: House) {
        let ann = let_in(&house, &house.ctx, ANN, at(0)).await;
        let bob = let_in(&house, &house.ctx, Own { device: ANN.device, ..BOB }, at(1)).await;
        assert_eq!(facts(&house, &house.ctx, &ann).await.device, 1);
        let mut ids = Counter;
        let mut draft = Draft::new(bob, &mut ids, at(2));
        draft.customer.evaluation = Some(Evaluation::unknown(Origin::default()));
        house.apply(&draft.finish()).await;
        assert_eq!(facts(&house, &house.ctx, &ann).await, NetworkFacts::default());
    }

    async fn tenants_meet_only_where_both_take_part(house: House) {
        share(&house, &house.other, true).await;
        let theirs = let_in(&house, &house.other, Own { phone: ANN.phone, ..BOB }, at(0)).await;
        let same_person = let_in(&house, &house.other, ANN, at(1)).await;
        let ann = let_in(&house, &house.ctx, ANN, at(2)).await;
        assert_eq!(facts(&house, &house.ctx, &ann).await, NetworkFacts::default(), "one side is not enough");
        share(&house, &house.ctx, true).await;
        // The same person with the same document elsewhere is no other; who has the phone and another document is.
        let found = facts(&house, &house.ctx, &ann).await;
        assert_eq!((found.phone, found.email, found.document, found.ring), (1, 0, 0, 1));
        turn_flag(&house, &house.other, theirs, true).await;
        turn_flag(&house, &house.other, same_person, true).await;
        assert_eq!(facts(&house, &house.ctx, &ann).await.flagged, 2);
        share(&house, &house.other, false).await;
        assert_eq!(facts(&house, &house.ctx, &ann).await, NetworkFacts::default(), "left");
    }

    async fn counts_stop_at_a_bound_and_flags_are_found_behind_it(house: House) {
        let ann = let_in(&house, &house.ctx, ANN, at(0)).await;
        let first = let_in(&house, &house.ctx, Own { phone: ANN.phone, ..BOB }, at(1)).await;
        turn_flag(&house, &house.ctx, first, true).await;
        for n in 0..60 {
            let (number, email) = (format!("N{n}"), format!("p{n}@bakers.com"));
            let own = Own { phone: ANN.phone, number: &number, email: &email, device: "", ip: "", ..BOB };
            let_in(&house, &house.ctx, own, at(10 + n)).await;
        }
        let found = facts(&house, &house.ctx, &ann).await;
        assert_eq!((found.phone, found.flagged), (51, 1));
    }

    async fn tokens_tell_nothing_and_differ_between_tenants(house: House) {
        let_in(&house, &house.ctx, ANN, at(0)).await;
        let_in(&house, &house.other, ANN, at(0)).await;
        let raw = house.raw().await;
        let met = rows(&raw, "SELECT a.token FROM customer_links a JOIN customer_links b ON a.token=b.token AND a.tenant_id<>b.tenant_id", vec![]).await;
        assert!(met.is_empty());
        assert_eq!(rows(&raw, "SELECT token FROM network_links", vec![]).await.len(), 0, "nobody takes part");
    }
}
