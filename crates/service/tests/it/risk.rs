//! Risk models over a tenant's customers: what would move, and moving it.

use std::collections::BTreeSet;

use onboarding::customer::Ids;
use onboarding::onboard::{Onboard, onboard};
use onboarding::records::Address;
use onboarding::risk::{Level, Model};
use onboarding::{Party, Person, PersonName, Pii, Policy};
use service::tenants::TenantKind;
use store::{Actor, Ctx};
use uuid::Uuid;

use crate::house::House;

/// Ids that count from one.
#[derive(Debug)]
struct Counted(u128);

impl Ids for Counted {
    fn next(&mut self) -> Uuid {
        self.0 += 1;
        Uuid::from_u128(self.0)
    }
}

/// A house with so many customers, every tenth of whom lives in a country that FATF calls for action against.
async fn with_customers(customers: usize) -> (House, Ctx) {
    let house = House::open(TenantKind::default(), false).await;
    let tenant = house.made.tenant.id;
    let ctx = Ctx { tenant, actor: Actor::Operator("anna".to_owned()) };
    let now = house.service.now();
    let policy = Policy { person_checks: BTreeSet::new(), ..Policy::default() };
    for batch in (0..customers).collect::<Vec<_>>().chunks(500) {
        let mut write = house.service.store().write(&ctx, now);
        write.leave_work();
        for &number in batch {
            let country = if number % 10 == 0 { "kp" } else { "de" };
            let changes = onboard(tenant, person(number, country), &policy, &mut Counted((number as u128) << 16), now)
                .expect("let in");
            write.apply(&changes).expect("its tenant's");
        }
        write.commit().await.expect("nobody is in the way");
    }
    (house, ctx)
}

fn person(number: usize, country: &str) -> Onboard {
    let (first, last) = (Pii(format!("First{number}")), Pii("Last".to_owned()));
    let party = Party::Person(Person {
        name: PersonName { first, last, ..PersonName::default() },
        birth_date: Some(Pii(jiff::civil::date(1980, 1, 1))),
        citizenship: Some(Pii("de".to_owned())),
        tax_id: None,
        declared_pep: false,
    });
    let address = Address {
        kind: "Home".to_owned(),
        classification: None,
        street: Vec::new(),
        city: None,
        state: None,
        postal_code: None,
        country: country.to_owned(),
    };
    Onboard {
        party,
        cif_number: number.to_string(),
        client_identifier: None,
        addresses: vec![address],
        phones: Vec::new(),
        emails: Vec::new(),
        identifications: Vec::new(),
        related: Vec::new(),
        checks: BTreeSet::new(),
        attributes: serde_json::Map::new(),
    }
}

/// Only where somebody lives.
const GEOGRAPHY: &str = "id = 'geo'\nname = 'Geography'\nbands = { medium = 10, high = 20 }\n[[rule]]\nid = 'residence'\n\
                         factor = 'Country of residence'\nwhen = 'residence.tier >= 4'\npoints = 30\nreason = 'far'\n";

/// Everybody the same.
const LENIENT: &str = "id = 'lenient'\nname = 'Lenient'\nbands = { medium = 10, high = 20 }\n[[rule]]\nid = 'all'\n\
                       factor = 'All'\npoints = 0\nreason = 'none'\n";

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_says_who_and_apply_moves_them() {
    const CUSTOMERS: usize = 1_234;
    let (house, ctx) = with_customers(CUSTOMERS).await;
    let (service, ctx) = (&house.service, &ctx);
    let far = u64::try_from(CUSTOMERS.div_ceil(10)).expect("few");
    let lenient = service.put_risk_model(ctx, LENIENT).await.expect("a model").version;
    service.activate_risk_model(ctx, lenient, None).await.expect("a version");
    let applied = service.apply_risk_model(ctx).await.expect("applied");
    assert_eq!((applied.looked_at, applied.rerated, applied.asked, applied.failed), (1_234, 1_234, 0, 0));

    let geography = Model::parse(GEOGRAPHY).expect("a model");
    let mut moved = Vec::new();
    let compared = service.dry_run(ctx, &geography, |one| moved.push(one)).await.expect("a dry run");
    assert_eq!((compared.looked_at, compared.moved, compared.unreadable), (1_234, far, 0));
    assert_eq!(compared.levels[&(Level::Low, Level::High)], far);
    assert_eq!(moved.len() as u64, far);
    assert!(
        moved.is_sorted_by_key(|one| one.customer) && moved.iter().all(|one| one.to == Level::High && one.score == 30)
    );
    let before: Vec<_> = service.store().risk_levels(ctx).await.expect("counted");
    assert_eq!(before, [(Some(Level::Low), 1_234)], "a dry run changes nothing");

    let version = service.put_risk_model(ctx, GEOGRAPHY).await.expect("a model").version;
    let later = service.now() + jiff::SignedDuration::from_hours(1);
    service.activate_risk_model(ctx, version, Some(later)).await.expect("a version");
    let in_force = service.risk_model_in_force(ctx, service.now()).await.expect("one");
    assert_eq!(in_force.version, lenient, "what is to come is not in force yet");
    assert_eq!(service.risk_model_in_force(ctx, later).await.expect("one").version, version);
    service.activate_risk_model(ctx, version, None).await.expect("a version");
    let applied = service.apply_risk_model(ctx).await.expect("applied");
    assert_eq!((applied.rerated, applied.moved, applied.asked, applied.failed), (1_234, far, far, 0));
    let again = service.apply_risk_model(ctx).await.expect("applied");
    assert_eq!((again.looked_at, again.rerated), (1_234, 0), "once is enough");
    let cases = store::CaseFilter { tenant: Some(ctx.tenant), ..store::CaseFilter::default() };
    assert_eq!(service.cases(&cases, 200).await.expect("listed").len() as u64, far);
}

/// `VESTIBULE_DRY_RUN=100000 cargo nextest run -p service --no-capture as_many` prints how long it takes.
#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_over_as_many_as_wanted() {
    let customers = std::env::vars().find(|(name, _)| name == "VESTIBULE_DRY_RUN");
    let Some(customers) = customers.and_then(|(_, customers)| customers.parse::<usize>().ok()) else {
        eprintln!("skipped: VESTIBULE_DRY_RUN is not a number of customers");
        return;
    };
    let (house, ctx) = with_customers(customers).await;
    let started = std::time::Instant::now();
    let compared = house.service.dry_run(&ctx, Model::shipped(), |_| {}).await.expect("a dry run");
    eprintln!("a dry run over {} customers took {:?}: {:?}", compared.looked_at, started.elapsed(), compared.levels);
    assert_eq!(compared.looked_at, customers as u64);
}
