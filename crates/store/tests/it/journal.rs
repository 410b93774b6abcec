//! The journal: one order, and no way to change it unnoticed.

use std::collections::BTreeMap;

use db::values;
use onboarding::CustomerId;
use store::journal::hash;
use store::{Actor, CommitError, Ctx, Defect, Head, SealBatch, Sealed, Sealer, StoreError};
use testkit::engines;

use crate::house::{Counter, House, LEASE, at, erna, rows, run, screened};

/// Seals everything that waits, in portions.
async fn seal_all(house: &House) -> usize {
    let mut sealed = 0;
    loop {
        let (_, now) = house.store.seal_next(3, &mut Counter, at(100), LEASE).await.expect("nobody is in the way");
        sealed += now;
        if now < 3 {
            return sealed;
        }
    }
}

/// Six facts of one tenant, sealed.
async fn six(house: &House) {
    let customer = house.let_in("Erna").await;
    house.apply(&screened(customer, None, vec![], at(5))).await;
    house.let_in("Max").await;
    house.let_in("Ute").await;
    house.let_in("Kai").await;
    assert_eq!(seal_all(house).await, 6);
}

/// What is wrong with the chain.
async fn defects(house: &House) -> Vec<Defect> {
    let report = house.store.verify(&house.ctx).await.expect("readable");
    report.defects.into_iter().filter(|defect| !matches!(defect, Defect::Events { .. })).collect()
}

/// Whose events are not all told of: how many there are, and how many are told of.
async fn short(house: &House) -> Vec<(CustomerId, u64, u64)> {
    let report = house.store.verify(&house.ctx).await.expect("readable");
    let short = report.defects.into_iter().filter_map(|defect| match defect {
        Defect::Events { customer, counted, told } => Some((customer, counted, told)),
        _ => None,
    });
    short.collect()
}

/// Somebody of the other tenant.
async fn let_in_theirs(house: &House, first: &str) {
    let mut write = house.store.write(&house.other, at(0));
    write.apply(&erna(&house.other, first, at(0))).expect("its tenant");
    write.commit().await.expect("written");
}

/// One portion, as the worker takes it.
async fn portion(house: &House, sealer: &mut Sealer, limit: u32, second: i64) -> Sealed {
    house.store.seal_portion(sealer, limit, &mut Counter, at(second), LEASE).await.expect("nobody is in the way")
}

/// Portions until there is no more; how many events were sealed, and how often somebody was told to be stuck.
async fn round(house: &House, sealer: &mut Sealer, limit: u32, second: i64) -> (usize, usize) {
    let (mut events, mut told) = (0, 0);
    for _ in 0..100 {
        let sealed = portion(house, sealer, limit, second).await;
        (events, told) = (events + sealed.events, told + sealed.stuck.len());
        if !sealed.more {
            return (events, told);
        }
    }
    panic!("it never ends");
}

engines! {
    async fn facts_keep_the_order_they_were_written_in(house: House) {
        let operator = Ctx { actor: Actor::Operator("ana".to_owned()), ..house.ctx.clone() };
        let changes = erna(&house.ctx, "Erna", at(0));
        let mut write = house.store.write(&operator, at(0));
        write.apply(&changes).expect("its tenant");
        write.commit().await.expect("written");
        house.apply(&screened(changes.customer.clone(), None, vec![], at(5))).await;
        let theirs = erna(&house.other, "Max", at(6));
        let mut write = house.store.write(&house.other, at(6));
        write.apply(&theirs).expect("its tenant");
        write.commit().await.expect("written");
        let unsealed = house.store.unsealed(100).await.expect("readable");
        assert_eq!(seal_all(&house).await, 4);
        assert_eq!(house.store.unsealed(100).await, Ok(vec![]));
        let mine = house.store.journal(&house.ctx, 0, 100).await.expect("readable");
        let facts: Vec<_> = mine.iter().map(|entry| entry.fact.clone()).collect();
        assert_eq!(facts, unsealed[..3].iter().map(|unsealed| unsealed.fact.clone()).collect::<Vec<_>>());
        assert_eq!(mine.iter().map(|entry| (entry.seq, entry.fact.number)).collect::<Vec<_>>(), [(1, 1), (2, 2), (3, 3)]);
        assert_eq!((&facts[0].actor, &facts[1].actor), (&operator.actor, &Actor::System));
        assert_eq!(facts[1].to.as_deref(), Some("clear"));
        let history = house.store.history(&house.ctx, changes.customer.id, 1, 1).await.expect("readable");
        assert_eq!(history, [mine[1].clone()]);
        // The chain is what it is said to be.
        let mut previous = [0; 32];
        for entry in &mine {
            assert_eq!(entry.hash, hash(&previous, entry.seq, &entry.fact));
            previous = entry.hash;
        }
        assert_eq!(house.store.head(&house.ctx).await, Ok(Head { seq: 3, hash: previous }));
        let theirs = house.store.journal(&house.other, 0, 100).await.expect("readable");
        assert_eq!((theirs.len(), theirs[0].seq), (1, 1));
        assert_eq!(house.store.history(&house.other, changes.customer.id, 0, 10).await, Ok(vec![]));
        let report = house.store.verify(&house.ctx).await.expect("readable");
        assert!(report.is_sound() && report.entries == 3, "{report:?}");
    }

    async fn two_sealers_make_one_journal(house: House) {
        house.let_in("Erna").await;
        let unsealed = house.store.unsealed(10).await.expect("readable");
        let batch = SealBatch::new(unsealed, &BTreeMap::new(), &BTreeMap::new(), &mut Counter, at(1));
        let (one, two) =
            tokio::join!(house.store.seal(batch.clone(), LEASE), house.store.seal(batch.clone(), LEASE));
        let lost = if one.is_ok() { two } else { one };
        assert_eq!(lost, Err(CommitError::Conflict));
        house.let_in("Max").await;
        assert_eq!(house.store.seal(batch, LEASE).await, Err(CommitError::Conflict));
        assert_eq!(seal_all(&house).await, 1);
        assert_eq!(house.store.verify(&house.ctx).await.expect("readable").entries, 2);
        assert_eq!(defects(&house).await, []);
    }

    async fn sealing_under_way_of_writes_loses_nothing(house: House) {
        let store = house.store.clone();
        let ctx = house.ctx.clone();
        let writer = tokio::spawn(async move {
            for n in 0..60 {
                let changes = erna(&ctx, &format!("Erna{n}"), at(n));
                let mut write = store.write(&ctx, at(n));
                write.apply(&changes).expect("its tenant");
                write.commit().await.expect("written");
            }
        });
        let mut sealed = 0;
        while !writer.is_finished() {
            sealed += seal_all(&house).await;
            tokio::task::yield_now().await;
        }
        writer.await.expect("it ends");
        sealed += seal_all(&house).await;
        assert_eq!(sealed, 60);
        let report = house.store.verify(&house.ctx).await.expect("readable");
        assert!(report.is_sound() && report.entries == 60, "{report:?}");
    }

    async fn an_edited_entry_is_found(house: House) {
        six(&house).await;
        let raw = house.raw().await;
        run(&raw, "UPDATE journal SET to_state='hit' WHERE seq=2", vec![]).await;
        assert_eq!(defects(&house).await, [Defect::Hash { seq: 2 }]);
        run(&raw, "UPDATE journal SET to_state='clear', actor='operator:eve' WHERE seq=2", vec![]).await;
        assert_eq!(defects(&house).await, [Defect::Hash { seq: 2 }]);
        // With a hash that fits, the next one does not.
        let entries = house.store.journal(&house.ctx, 0, 10).await.expect("readable");
        let forged = hash(&entries[0].hash, 2, &entries[1].fact);
        run(&raw, "UPDATE journal SET hash=$1 WHERE seq=2", values![forged]).await;
        assert_eq!(defects(&house).await, [Defect::Hash { seq: 3 }]);
        run(&raw, "UPDATE journal SET kind='nonsense' WHERE seq=1", vec![]).await;
        assert_eq!(defects(&house).await, [Defect::Unreadable]);
    }

    async fn a_deleted_entry_is_found(house: House) {
        six(&house).await;
        let raw = house.raw().await;
        run(&raw, "DELETE FROM journal WHERE seq=3", vec![]).await;
        assert_eq!(defects(&house).await, [Defect::Missing { seq: 3 }, Defect::Hash { seq: 4 }]);
        // Closing the gap does not help.
        for seq in 4..=6_i64 {
            run(&raw, "UPDATE journal SET seq=seq-1 WHERE seq=$1", values![seq]).await;
        }
        let found = defects(&house).await;
        assert!(found.contains(&Defect::Hash { seq: 3 }), "{found:?}");
        assert!(found.contains(&Defect::Truncated { last: 5, head: 6 }), "{found:?}");
    }

    async fn swapped_entries_are_found(house: House) {
        six(&house).await;
        let raw = house.raw().await;
        for (from, to) in [(2_i64, 100_i64), (3, 2), (100, 3)] {
            run(&raw, "UPDATE journal SET seq=$1 WHERE seq=$2", values![to, from]).await;
        }
        let found = defects(&house).await;
        assert!(found.contains(&Defect::Hash { seq: 2 }) && found.contains(&Defect::Hash { seq: 3 }), "{found:?}");
    }

    async fn an_inserted_entry_is_found(house: House) {
        six(&house).await;
        let raw = house.raw().await;
        // At the end, with a hash that fits: only the head tells.
        let entries = house.store.journal(&house.ctx, 0, 10).await.expect("readable");
        let last = entries.last().expect("six");
        let forged = hash(&last.hash, 7, &last.fact);
        const COPY: &str = "INSERT INTO journal (tenant_id, seq, hash, event_id, customer_id, kind, number, about, \
            to_state, actor, happened_at) SELECT tenant_id, seq+1, $1, event_id, customer_id, kind, number, about, \
            to_state, actor, happened_at FROM journal WHERE seq=6";
        run(&raw, COPY, values![forged]).await;
        assert_eq!(defects(&house).await, [Defect::BeyondHead { last: 7, head: 6 }]);
        // The head cannot be forged without the tenant's key.
        run(&raw, "UPDATE journal_heads SET seq=7, hash=$1", values![forged]).await;
        assert_eq!(defects(&house).await, [Defect::HeadForged]);
    }

    async fn a_cut_off_end_is_found(house: House) {
        six(&house).await;
        let raw = house.raw().await;
        run(&raw, "DELETE FROM journal WHERE seq > 4", vec![]).await;
        assert_eq!(defects(&house).await, [Defect::Truncated { last: 4, head: 6 }]);
        let fourth = rows(&raw, "SELECT hash FROM journal WHERE seq=4", vec![]).await;
        let hash = fourth[0].array::<32>("hash").expect("a hash");
        run(&raw, "UPDATE journal_heads SET seq=4, hash=$1", values![hash]).await;
        assert_eq!(defects(&house).await, [Defect::HeadForged]);
        run(&raw, "DELETE FROM journal_heads", vec![]).await;
        assert_eq!(defects(&house).await, [Defect::HeadMissing]);
    }

    async fn another_tenants_entry_does_not_fit(house: House) {
        six(&house).await;
        let raw = house.raw().await;
        let (mine, theirs) = (house.ctx.tenant.0.as_bytes().to_vec(), house.other.tenant.0.as_bytes().to_vec());
        run(&raw, "UPDATE journal SET tenant_id=$1 WHERE tenant_id=$2", values![theirs.clone(), mine.clone()]).await;
        run(&raw, "DELETE FROM journal_heads WHERE tenant_id=$1", values![theirs.clone()]).await;
        run(&raw, "UPDATE journal_heads SET tenant_id=$1 WHERE tenant_id=$2", values![theirs, mine]).await;
        let report = house.store.verify(&house.other).await.expect("readable");
        assert!(report.defects.contains(&Defect::Hash { seq: 1 }), "{report:?}");
        assert!(report.defects.contains(&Defect::HeadForged), "{report:?}");
    }

    async fn a_wiped_journal_does_not_hold(house: House) {
        assert!(house.store.verify(&house.ctx).await.expect("readable").is_sound(), "a new one does");
        six(&house).await;
        assert_eq!(short(&house).await, []);
        let raw = house.raw().await;
        let genesis = rows(&raw, "SELECT seq, hash, mac FROM journal_heads WHERE seq=0", vec![]).await;
        assert_eq!(genesis.len(), 1, "the other tenant's");
        run(&raw, "DELETE FROM journal", vec![]).await;
        run(&raw, "DELETE FROM journal_heads", vec![]).await;
        assert_eq!(defects(&house).await, [Defect::HeadMissing]);
        let counts: Vec<_> = short(&house).await.iter().map(|(_, counted, told)| (*counted, *told)).collect();
        assert_eq!(counts, [(3, 0), (1, 0), (1, 0), (1, 0)]);
    }

    async fn what_is_removed_before_it_is_sealed_is_missed(house: House) {
        let erna = house.let_in("Erna").await;
        house.apply(&screened(erna.clone(), None, vec![], at(5))).await;
        house.let_in("Max").await;
        assert_eq!(short(&house).await, [], "it only waits");
        assert_eq!(portion(&house, &mut Sealer::default(), 1, 6).await.events, 1);
        assert_eq!(short(&house).await, [], "a part of it waits");
        let raw = house.raw().await;
        run(&raw, "DELETE FROM outbox WHERE customer_id=$1 AND number=2", values![erna.id.0.as_bytes()]).await;
        assert_eq!(short(&house).await, [(erna.id, 3, 2)]);
    }

    async fn one_tenants_bad_head_holds_up_nobody_else(house: House) {
        let raw = house.raw().await;
        let mine = values![house.ctx.tenant.0.as_bytes()];
        run(&raw, "UPDATE journal_heads SET mac=hash WHERE tenant_id=$1", mine.clone()).await;
        // More than a portion waits of the one, before what waits of the other.
        for first in ["Erna", "Max", "Ute", "Kai", "Eva"] {
            house.let_in(first).await;
        }
        let_in_theirs(&house, "Lea").await;
        let mut sealer = Sealer::default();
        let sealed = portion(&house, &mut sealer, 2, 0).await;
        assert!(sealed.more && sealed.events == 0 && sealed.stuck.len() == 1, "{sealed:?}");
        assert_eq!(sealed.stuck[0].tenant, Some(house.ctx.tenant));
        assert!(matches!(sealed.stuck[0].why, StoreError::Inconsistent(_)));
        assert_eq!(round(&house, &mut sealer, 2, 1).await, (1, 0), "told once");
        let_in_theirs(&house, "Leo").await;
        assert_eq!(round(&house, &mut sealer, 2, 2).await, (1, 0));
        // It is tried again, and told of again if it was not mended.
        assert_eq!(round(&house, &mut sealer, 2, 20).await, (0, 1));
        run(&raw, "DELETE FROM journal_heads WHERE tenant_id=$1", mine.clone()).await;
        assert_eq!(round(&house, &mut sealer, 2, 40).await, (0, 1));
        let theirs = house.store.verify(&house.other).await.expect("readable");
        assert!(theirs.is_sound() && theirs.entries == 2, "{theirs:?}");
        assert_eq!(house.store.unsealed(100).await.expect("readable").len(), 5, "they wait");
    }

    async fn a_mended_tenant_goes_on_where_it_was(house: House) {
        let raw = house.raw().await;
        let mine = values![house.ctx.tenant.0.as_bytes()];
        run(&raw, "UPDATE journal_heads SET seq=7 WHERE tenant_id=$1", mine.clone()).await;
        house.let_in("Erna").await;
        let mut sealer = Sealer::default();
        assert_eq!(round(&house, &mut sealer, 2, 0).await, (0, 1));
        run(&raw, "UPDATE journal_heads SET seq=0 WHERE tenant_id=$1", mine).await;
        assert_eq!(round(&house, &mut sealer, 2, 20).await, (1, 0));
        assert!(house.store.verify(&house.ctx).await.expect("readable").is_sound());
    }

    async fn an_unreadable_row_holds_up_nobody_else(house: House) {
        for first in ["Erna", "Max", "Ute"] {
            house.let_in(first).await;
        }
        let raw = house.raw().await;
        run(&raw, "UPDATE outbox SET kind='nonsense' WHERE entry=(SELECT min(entry) FROM outbox)", vec![]).await;
        let_in_theirs(&house, "Lea").await;
        let mut sealer = Sealer::default();
        assert_eq!(round(&house, &mut sealer, 2, 0).await, (1, 1));
        // Rows that do not even say whose they are fill no portion either.
        run(&raw, "UPDATE outbox SET tenant_id=$1", values![b"?"]).await;
        let_in_theirs(&house, "Leo").await;
        assert_eq!(round(&house, &mut sealer, 2, 1).await, (1, 1));
        let_in_theirs(&house, "Lia").await;
        assert_eq!(round(&house, &mut sealer, 2, 2).await, (1, 0), "told once");
        assert_eq!(house.store.verify(&house.other).await.expect("readable").entries, 3);
    }

    async fn more_stuck_tenants_than_the_database_passes_over_hold_up_nobody(house: House) {
        for n in 0..12_u8 {
            let made = crate::house::tenant(&format!("stuck{n}"));
            house.store.create_tenant(&made, &[]).await.expect("new");
            let ctx = Ctx::system(made.id);
            for first in ["Erna", "Max"] {
                let mut write = house.store.write(&ctx, at(0));
                write.apply(&erna(&ctx, first, at(0))).expect("its tenant");
                write.commit().await.expect("written");
            }
        }
        run(&house.raw().await, "UPDATE journal_heads SET mac=hash WHERE tenant_id<>$1", values![
            house.other.tenant.0.as_bytes()
        ])
        .await;
        let_in_theirs(&house, "Lea").await;
        let mut sealer = Sealer::default();
        assert_eq!(round(&house, &mut sealer, 2, 0).await, (1, 12));
        let_in_theirs(&house, "Leo").await;
        assert_eq!(round(&house, &mut sealer, 2, 1).await, (1, 0));
    }

    async fn an_entry_in_the_way_is_no_race(house: House) {
        six(&house).await;
        const COPY: &str = "INSERT INTO journal (tenant_id, seq, hash, event_id, customer_id, kind, number, about, \
            to_state, actor, happened_at) SELECT tenant_id, seq+1, hash, event_id, customer_id, kind, number, about, \
            to_state, actor, happened_at FROM journal WHERE seq=6";
        run(&house.raw().await, COPY, vec![]).await;
        let_in_theirs(&house, "Lea").await;
        house.let_in("Eva").await;
        let unsealed = house.store.unsealed(10).await.expect("readable");
        let heads = [house.ctx.tenant, house.other.tenant];
        let heads = heads.map(async |tenant| (tenant, house.store.head(&Ctx::system(tenant)).await.expect("vouched for")));
        let [mine, theirs] = heads;
        let heads = BTreeMap::from([mine.await, theirs.await]);
        let batch = SealBatch::new(unsealed, &heads, &BTreeMap::new(), &mut Counter, at(1));
        let refused = house.store.seal(batch, LEASE).await;
        assert!(matches!(refused, Err(CommitError::Storage(StoreError::Inconsistent(_)))), "{refused:?}");
        let mut sealer = Sealer::default();
        assert_eq!(round(&house, &mut sealer, 10, 2).await, (1, 1));
        assert_eq!(round(&house, &mut sealer, 10, 3).await, (0, 0), "neither told again nor tried again at once");
        assert!(house.store.verify(&house.other).await.expect("readable").is_sound());
        assert_eq!(defects(&house).await, [Defect::BeyondHead { last: 7, head: 6 }]);
    }
}
