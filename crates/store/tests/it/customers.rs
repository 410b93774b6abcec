//! Customers: written whole, read back whole, found, and never overwritten by who knew less.

use onboarding::contact;
use onboarding::party::PartyKind;
use onboarding::records::{Email, Standing};
use onboarding::{CheckKind, CustomerStatus, RecordId};
use store::{CommitError, CustomerFilter, Lookup, StoreError};
use testkit::engines;
use watchlists::Topic;

use crate::house::{Counter, House, at, erna, hit, pii, rows, run, screened};

const NOBODY: [usize; 0] = [];

fn by(lookup: Lookup) -> CustomerFilter {
    CustomerFilter { lookups: vec![lookup], ..CustomerFilter::default() }
}

engines! {
    async fn what_was_written_is_read(house: House) {
        let customer = house.let_in("Erna").await;
        assert_eq!(house.store.customer(&house.ctx, customer.id).await, Ok(Some(customer.clone())));
        let changes = screened(customer, None, vec![hit("1", Topic::Sanction)], at(5));
        house.apply(&changes).await;
        assert_eq!(house.store.customer(&house.ctx, changes.customer.id).await, Ok(Some(changes.customer)));
        assert_eq!(house.store.customer(&house.ctx, onboarding::CustomerId(crate::house::uuid())).await, Ok(None));
    }

    async fn of_two_decisions_on_the_same_version_one_is_written(house: House) {
        let customer = house.let_in("Erna").await;
        let add = |kind: &str, address: &str| {
            let email = Email { kind: kind.to_owned(), address: pii(address) };
            contact::add(customer.clone(), email, Standing::Primary, &mut Counter, at(1)).expect("room").1
        };
        let (one, two) = (add("Work", "a@example.com"), add("Home", "b@example.com"));
        let mut first = house.store.write(&house.ctx, at(1));
        first.apply(&one).expect("its tenant");
        let mut second = house.store.write(&house.ctx, at(1));
        second.apply(&two).expect("its tenant");
        let (first, second) = tokio::join!(first.commit(), second.commit());
        let lost = if first.is_ok() { second } else { first };
        assert_eq!(lost, Err(CommitError::Conflict));
        let read = house.store.customer(&house.ctx, customer.id).await.expect("readable").expect("there");
        assert!(read == one.customer || read == two.customer);
        // The loser left nothing: no event, no look-up.
        assert_eq!(house.store.unsealed(100).await.expect("readable").len(), 2);
    }

    async fn a_cif_number_is_given_once_a_tenant(house: House) {
        let customer = house.let_in("Erna").await;
        for (ctx, free) in [(&house.ctx, false), (&house.other, true)] {
            let mut changes = erna(ctx, "Max", at(1));
            changes.customer.cif_number.clone_from(&customer.cif_number);
            let mut write = house.store.write(ctx, at(1));
            write.apply(&changes).expect("its tenant");
            let committed = write.commit().await;
            assert_eq!(committed.is_ok(), free, "{committed:?}");
            assert!(free || committed == Err(CommitError::CifNumberTaken));
        }
    }

    async fn another_tenant_sees_nothing_and_writes_nothing(house: House) {
        let customer = house.let_in("Erna").await;
        let (mine, theirs) = (&house.ctx, &house.other);
        assert_eq!(house.store.customer(theirs, customer.id).await, Ok(None));
        assert_eq!(house.store.customers(theirs, &CustomerFilter::default(), 0, 10).await, Ok(vec![]));
        let filter = by(Lookup::TaxId(pii("119988776")));
        assert_eq!(house.store.customers(theirs, &filter, 0, 10).await, Ok(vec![]));
        assert_eq!(house.store.customers(mine, &filter, 0, 10).await.map(|found| found.len()), Ok(1));
        let changes = screened(customer.clone(), None, vec![], at(1));
        assert_eq!(house.store.write(theirs, at(1)).apply(&changes), Err(StoreError::NoSuchTenant));
        // Even one that claims to be theirs does not reach the row of mine.
        let mut forged = changes;
        forged.customer.tenant = theirs.tenant;
        let mut write = house.store.write(theirs, at(1));
        write.apply(&forged).expect("it says so");
        assert_eq!(write.commit().await, Err(CommitError::Conflict));
        assert_eq!(house.store.customer(mine, customer.id).await, Ok(Some(customer)));
    }

    async fn lookups_follow_the_customer(house: House) {
        let customer = house.let_in("Erna").await;
        let found = async |lookup| house.store.customers(&house.ctx, &by(lookup), 0, 10).await.expect("readable").len();
        assert_eq!(found(Lookup::Email(pii("ERNA@planted.example"))).await, 1);
        assert_eq!(found(Lookup::Phone(pii("+1 555 010 2030"))).await, 1);
        assert_eq!(found(Lookup::DocumentNumber(pii("c01x-00t47"))).await, 1);
        assert_eq!(found(Lookup::ClientIdentifier(pii("client-Erna"))).await, 1);
        assert_eq!(found(Lookup::ClientIdentifier(pii("client-erna"))).await, 0);
        let record: RecordId = customer.emails.primary().expect("one").id;
        let email = Email { kind: "Work".to_owned(), address: pii("new@example.com") };
        let changes = contact::change(customer, record, email, Standing::Primary, &mut Counter, at(1));
        house.apply(&changes.expect("there is one")).await;
        assert_eq!(found(Lookup::Email(pii("erna@planted.example"))).await, 0);
        assert_eq!(found(Lookup::Email(pii("new@example.com"))).await, 1);
        assert_eq!(found(Lookup::Phone(pii("15550102030"))).await, 1);
        // As many as the customer has values: none was left behind, none is there twice.
        let raw = house.raw().await;
        assert_eq!(rows(&raw, "SELECT token FROM customer_index", vec![]).await.len(), 5);
    }

    async fn filters_narrow_and_pages_cover_all_once(house: House) {
        let mut all = Vec::new();
        for n in 0..7 {
            // Two at a time have the same moment, so that ids have to decide.
            let changes = erna(&house.ctx, &format!("Person{n}"), at(n / 2));
            house.apply(&changes).await;
            all.push(changes.customer);
        }
        let hits = screened(all[3].clone(), None, vec![hit("1", Topic::Sanction)], at(9));
        house.apply(&hits).await;
        all[3] = hits.customer;
        let mut paged = Vec::new();
        for page in 0..4 {
            let customers = house.store.customers(&house.ctx, &CustomerFilter::default(), page * 2, 2).await;
            paged.extend(customers.expect("readable"));
        }
        assert_eq!(paged, all);
        let found = async |filter| {
            let found = house.store.customers(&house.ctx, &filter, 0, 100).await.expect("readable");
            found.iter().map(|found| all.iter().position(|known| known == found).expect("known")).collect::<Vec<_>>()
        };
        let none = CustomerFilter::default;
        assert_eq!(found(CustomerFilter { id: Some(all[2].id), ..none() }).await, [2]);
        assert_eq!(found(CustomerFilter { cif_number: Some(all[4].cif_number.clone()), ..none() }).await, [4]);
        assert_eq!(found(CustomerFilter { cif_number: Some("\0".to_owned()), ..none() }).await, NOBODY);
        assert_eq!(found(CustomerFilter { kind: Some(PartyKind::Business), ..none() }).await, NOBODY);
        assert_eq!(found(CustomerFilter { kind: Some(PartyKind::Person), ..none() }).await.len(), 7);
        assert_eq!(found(CustomerFilter { status: Some(CustomerStatus::Active), ..none() }).await.len(), 7);
        let (from, before) = (Some(at(1)), Some(at(2)));
        assert_eq!(found(CustomerFilter { created_from: from, created_before: before, ..none() }).await, [2, 3]);
        let checks = |states: &[(CheckKind, &[&'static str])]| {
            let checks = states.iter().map(|(kind, states)| (*kind, states.to_vec())).collect();
            CustomerFilter { checks, ..none() }
        };
        assert_eq!(found(checks(&[(CheckKind::Sanctions, &["hit", "reviewing"])])).await, [3]);
        assert_eq!(found(checks(&[(CheckKind::Sanctions, &["hit"]), (CheckKind::Pep, &["clear"])])).await, [3]);
        assert_eq!(found(checks(&[(CheckKind::Sanctions, &["hit"]), (CheckKind::Pep, &["hit"])])).await, NOBODY);
        assert_eq!(found(checks(&[(CheckKind::Sanctions, &["pending"])])).await.len(), 6);
        assert_eq!(found(checks(&[(CheckKind::Sanctions, &[])])).await, NOBODY);
        let both = CustomerFilter {
            lookups: vec![Lookup::TaxId(pii("119988776")), Lookup::ClientIdentifier(pii("client-Person6"))],
            kind: Some(PartyKind::Person),
            created_from: from,
            ..none()
        };
        assert_eq!(found(both).await, [6]);
    }

    async fn a_row_that_fits_no_state_is_shown_as_such(house: House) {
        let customer = house.let_in("Erna").await;
        let raw = house.raw().await;
        let why = async || match house.store.customer(&house.ctx, customer.id).await {
            Err(StoreError::Inconsistent(inconsistent)) => inconsistent.to_string(),
            other => panic!("{other:?}"),
        };
        let row = customer.id.0.simple();
        run(&raw, "UPDATE customers SET status='asleep'", vec![]).await;
        assert_eq!(why().await, format!("row {row} of customers is inconsistent: status is no known word"));
        run(&raw, "UPDATE customers SET status='active', version=2", vec![]).await;
        assert_eq!(why().await, format!("row {row} of customers is inconsistent: the seal does not hold"));
        run(&raw, "UPDATE customers SET version=1, kind='business'", vec![]).await;
        assert!(why().await.ends_with("its kind is not that of its document"));
        run(&raw, "UPDATE customers SET kind='person'", vec![]).await;
        assert!(house.store.customer(&house.ctx, customer.id).await.is_ok());
        run(&raw, "DELETE FROM customer_keys", vec![]).await;
        assert!(why().await.ends_with("its key is gone"));
        assert!(house.store.customers(&house.ctx, &CustomerFilter::default(), 0, 1).await.is_err());
    }
}
