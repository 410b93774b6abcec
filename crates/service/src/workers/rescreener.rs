//! Brings every customer up to the lists in force: asks each whether what changed may concern it, and has those screened.
//!
//! A pass is one row in the store with a lease and the last customer that was looked at; each page of customers moves it
//! on in the same write that makes work due. After a crash another node, or this one, goes on from there.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use onboarding::changes::Work;
use onboarding::{CustomerId, Policy, TenantId};
use store::{AskedPage, AttemptId, Ctx, Pass, PassState};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::lookers::{Lookers, Seen};
use super::{LEASE, PERIOD, Pace, woken};
use crate::Service;
use crate::refused::Refused;
use crate::rescreening::{Asks, Changed};
use crate::screening::ENGINE;

/// Customers that are asked about together, and move the pass on in one write.
pub(super) const PAGE: u32 = 4_000;

/// The same where each of them is made due, at most.
const PAGE_OF_ALL: u32 = 1_000;

/// Screenings that may wait while a pass through everybody makes more due.
const WAITING_MAX: u64 = 20_000;

/// Stranded customers picked up of one tenant at once.
const STRANDED_MAX: u32 = 1_000;

/// Passes looked back at for the last one that was done.
const PASSES_MAX: u32 = 64;

pub(super) async fn run(service: Service, pace: Pace, stop: CancellationToken) {
    let nothing = Notify::new();
    while woken(&nothing, PERIOD, &stop).await {
        let round = async {
            begin(&service).await?;
            if let Some((pass, attempt)) = service.store().claim_pass(service.now(), LEASE).await? {
                go_through(&service, pass, attempt, pace, &stop).await?;
            }
            pick_up(&service).await
        };
        if let Err(error) = round.await {
            tracing::warn!(error = %error, "Customers could not be compared with what changed in the lists; it is tried again");
        }
    }
}

/// Begins a pass where the lists or the engine are others than those of the last one, or it is time for everybody.
async fn begin(service: &Service) -> Result<(), Refused> {
    let Some(newest) = service.store().newest_generation().await? else { return Ok(()) };
    let now = service.now();
    if newest.engine != ENGINE {
        service.store().add_generation(ENGINE, now).await?;
        return Ok(());
    }
    // Before this node searches the new lists it would only screen against the old ones.
    if service.lists_in_force().generation < newest.number {
        return Ok(());
    }
    let passes = service.store().passes(PASSES_MAX).await?;
    if passes.first().is_some_and(|last| last.generation >= newest.number) {
        let running = passes.iter().any(|pass| pass.state == PassState::Running);
        let whole = if running { None } else { service.store().screened_whole_at().await? };
        if whole.is_some_and(|at| now.duration_since(at) >= service.everybody_after()) {
            service.rescreen_everybody().await?;
        }
        return Ok(());
    }
    let done = passes.iter().find(|pass| pass.state == PassState::Done);
    let since = match done {
        None => 0,
        Some(done) => {
            let known = service.store().generation(done.generation).await?;
            known.filter(|known| known.engine == newest.engine).map_or(0, |known| known.number)
        }
    };
    service.store().begin_pass(newest.number, since, now).await?;
    Ok(())
}

async fn go_through(
    service: &Service,
    pass: Pass,
    attempt: AttemptId,
    pace: Pace,
    stop: &CancellationToken,
) -> Result<(), Refused> {
    let asks = service.asks(&pass).await?;
    let mut tenants: Vec<TenantId> = service.store().tenants().await?.iter().map(|tenant| tenant.id).collect();
    tenants.sort();
    let lookers = match &asks {
        Asks::Everything => None,
        Asks::Changed(changed) => Some((Arc::clone(changed), Lookers::start(changed))),
    };
    // Pages under way: one for each core, and one that is being read.
    let pages_max = lookers.as_ref().map_or(1, |(_, lookers)| lookers.len() + 1);
    let size = if lookers.is_some() { pace.page } else { pace.page.min(PAGE_OF_ALL) };
    let (mut looked_at, mut made_due) = (0, 0);
    for tenant in tenants {
        let mut after = match pass.after {
            Some((at, _)) if at > tenant => continue,
            Some((at, customer)) if at == tenant => customer,
            _ => CustomerId(Uuid::nil()),
        };
        let house = service.on_behalf_of(tenant).await?;
        let (mut under_way, mut is_last) = (VecDeque::new(), false);
        loop {
            while !is_last && under_way.len() < pages_max {
                if stop.is_cancelled() || !room(service, &asks, stop).await? {
                    return Ok(());
                }
                let page = service.store().customers_before(&house.ctx, pass.generation, after, size).await?;
                let Some(last) = page.customers().next_back() else {
                    is_last = true;
                    break;
                };
                after = last;
                let count = page.customers().len() as u64;
                let due =
                    concerned(service.clone(), house.ctx.clone(), page, lookers.clone(), Arc::clone(&house.policy));
                under_way.push_back((last, count, tokio::spawn(due)));
            }
            // They end in any order, and the pass moves on in theirs.
            let Some((last, count, due)) = under_way.pop_front() else { break };
            let due = due.await.map_err(|error| Refused::Internal(Box::new(error)))??;
            let now = service.now();
            if !service.store().go_on(&pass, attempt, (tenant, last), count, &due, now, LEASE).await? {
                return Ok(());
            }
            looked_at += count;
            made_due += due.len();
        }
    }
    if service.store().end_pass(&pass, attempt, service.now()).await? {
        tracing::info!(
            lists.generation = pass.generation,
            customers.looked_at = looked_at,
            customers.made_due = made_due,
            "Compared the customers with what changed in the lists"
        );
    }
    Ok(())
}

/// Waits until a pass through everybody may make more due; `false` when the house is closing.
async fn room(service: &Service, asks: &Asks, stop: &CancellationToken) -> Result<bool, Refused> {
    if matches!(asks, Asks::Changed(_)) {
        return Ok(true);
    }
    loop {
        let waiting = service.store().waiting().await?;
        if waiting.iter().filter(|work| work.kind == Work::Screen).all(|work| work.known <= WAITING_MAX) {
            return Ok(true);
        }
        tokio::select! {
            () = stop.cancelled() => return Ok(false),
            () = tokio::time::sleep(Duration::from_millis(200)) => {}
        }
    }
}

/// Those of the customers that have to be screened.
async fn concerned(
    service: Service,
    ctx: Ctx,
    page: AskedPage,
    lookers: Option<(Arc<Changed>, Lookers)>,
    policy: Arc<Policy>,
) -> Result<Vec<CustomerId>, Refused> {
    let Some((changed, lookers)) = lookers else { return Ok(page.customers().collect()) };
    let Seen { alike: mut due, in_case } = lookers.look(page, policy).await?;
    if changed.has_lost() {
        for customer in in_case {
            let case = service.store().open_case(&ctx, customer).await?;
            if case.is_some_and(|case| changed.touches(&case)) {
                due.push(customer);
            }
        }
    }
    Ok(due)
}

/// Customers that a node with older lists has screened since are due again.
async fn pick_up(service: &Service) -> Result<(), Refused> {
    for tenant in service.store().tenants().await? {
        let ctx = Ctx::system(tenant.id);
        service.store().pick_up_stranded(&ctx, service.now(), STRANDED_MAX).await?;
    }
    Ok(())
}
