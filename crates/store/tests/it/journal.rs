//! The journal: one order, and no way to change it unnoticed.

use std::collections::BTreeMap;

use db::values;
use store::journal::hash;
use store::{Actor, CommitError, Ctx, Defect, Head, SealBatch};
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

async fn defects(house: &House) -> Vec<Defect> {
    house.store.verify(&house.ctx).await.expect("readable").defects
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
        assert_eq!(defects(&house).await, [Defect::BeyondHead { last: 4, head: 0 }]);
    }

    async fn another_tenants_entry_does_not_fit(house: House) {
        six(&house).await;
        let raw = house.raw().await;
        let (mine, theirs) = (house.ctx.tenant.0.as_bytes().to_vec(), house.other.tenant.0.as_bytes().to_vec());
        run(&raw, "UPDATE journal SET tenant_id=$1 WHERE tenant_id=$2", values![theirs.clone(), mine.clone()]).await;
        run(&raw, "UPDATE journal_heads SET tenant_id=$1 WHERE tenant_id=$2", values![theirs, mine]).await;
        let report = house.store.verify(&house.other).await.expect("readable");
        assert!(report.defects.contains(&Defect::Hash { seq: 1 }), "{report:?}");
        assert!(report.defects.contains(&Defect::HeadForged), "{report:?}");
    }
}
