//! Brings every customer up to the lists in force: asks each whether what changed may concern it, and has those screened.
//!
//! A pass is one row in the store with a lease and the last customer that was looked at; each page of customers moves it
//! on in the same write that makes work due. After a crash another node, or this one, goes on from there.

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use onboarding::changes::Work;
use onboarding::{Customer, CustomerId, Policy, TenantId};
use store::{AttemptId, Ctx, Pass, PassState};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{LEASE, PERIOD, woken};
use crate::Service;
use crate::refused::Refused;
use crate::rescreening::Asks;
use crate::screening::ENGINE;

/// Customers looked at in one write.
const PAGE: u32 = 1_000;

/// Screenings that may wait while a pass through everybody makes more due.
const WAITING_MAX: u64 = 20_000;

/// Stranded customers picked up of one tenant at once.
const STRANDED_MAX: u32 = 1_000;

/// Passes looked back at for the last one that was done.
const PASSES_MAX: u32 = 64;

/// How long after everybody was screened whole everybody is again, whatever changed: what a pass over the changes cannot
/// see, such as a birthday or a defect in it, is found so. A choice of ours: monthly, as institutions do by hand.
const EVERYBODY_AFTER: SignedDuration = SignedDuration::from_hours(30 * 24);

pub(super) async fn run(service: Service, stop: CancellationToken) {
    let nothing = Notify::new();
    while woken(&nothing, PERIOD, &stop).await {
        let round = async {
            begin(&service).await?;
            if let Some((pass, attempt)) = service.store().claim_pass(service.now(), LEASE).await? {
                go_through(&service, pass, attempt, &stop).await?;
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
        let whole = passes.iter().filter(|pass| pass.since == 0).filter_map(|pass| pass.finished_at).max();
        let running = passes.iter().any(|pass| pass.state == PassState::Running);
        if !running && whole.is_some_and(|at| now.duration_since(at) > EVERYBODY_AFTER) {
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
    stop: &CancellationToken,
) -> Result<(), Refused> {
    let asks = service.asks(&pass).await?;
    let mut tenants: Vec<TenantId> = service.store().tenants().await?.iter().map(|tenant| tenant.id).collect();
    tenants.sort();
    let (mut looked_at, mut made_due) = (0, 0);
    for tenant in tenants {
        let mut after = match pass.after {
            Some((at, _)) if at > tenant => continue,
            Some((at, customer)) if at == tenant => customer,
            _ => CustomerId(Uuid::nil()),
        };
        let house = service.on_behalf_of(tenant).await?;
        let mut next = read_page(service.clone(), house.ctx.clone(), pass.generation, after);
        loop {
            let page = next.await?;
            let Some(last) = page.last().map(|customer| customer.id) else { break };
            after = last;
            if stop.is_cancelled() || !room(service, &asks, stop).await? {
                return Ok(());
            }
            // The next page is read while this one is looked at.
            let ahead = tokio::spawn(read_page(service.clone(), house.ctx.clone(), pass.generation, after));
            let count = page.len() as u64;
            let due = concerned(service, &house.ctx, page, asks.clone(), Arc::clone(&house.policy)).await?;
            let now = service.now();
            if !service.store().go_on(&pass, attempt, (tenant, last), count, &due, now, LEASE).await? {
                return Ok(());
            }
            looked_at += count;
            made_due += due.len();
            next = read_ahead(ahead);
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

type Page = std::pin::Pin<Box<dyn Future<Output = Result<Vec<Customer>, Refused>> + Send>>;

fn read_page(service: Service, ctx: Ctx, generation: u64, after: CustomerId) -> Page {
    Box::pin(async move { Ok(service.store().customers_before(&ctx, generation, after, PAGE).await?) })
}

fn read_ahead(ahead: tokio::task::JoinHandle<Result<Vec<Customer>, Refused>>) -> Page {
    Box::pin(async move { ahead.await.map_err(|error| Refused::Internal(Box::new(error)))? })
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
    service: &Service,
    ctx: &Ctx,
    page: Vec<Customer>,
    asks: Asks,
    policy: Arc<Policy>,
) -> Result<Vec<CustomerId>, Refused> {
    let waiting = |customer: &Customer| customer.checks.values().any(|check| check.state.case().is_some());
    let asked: Vec<CustomerId> = page.iter().filter(|customer| waiting(customer)).map(|customer| customer.id).collect();
    let look = {
        let asks = asks.clone();
        move || look(&page, &asks, &policy)
    };
    let mut due = tokio::task::spawn_blocking(look).await.map_err(|error| Refused::Internal(Box::new(error)))?;
    if let Asks::Changed(changed) = &asks {
        for customer in asked.into_iter().filter(|customer| !due.contains(customer)).collect::<Vec<_>>() {
            let case = service.store().open_case(ctx, customer).await?;
            if case.is_some_and(|case| changed.touches(&case)) {
                due.push(customer);
            }
        }
    }
    Ok(due)
}

/// Looks at a page on every core.
fn look(page: &[Customer], asks: &Asks, policy: &Policy) -> Vec<CustomerId> {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let part = page.len().div_ceil(cores).max(1);
    let look = |part: &[Customer]| -> Vec<CustomerId> {
        part.iter().filter(|customer| asks.concern(customer, policy)).map(|customer| customer.id).collect()
    };
    std::thread::scope(|scope| {
        let parts: Vec<_> = page.chunks(part).map(|part| scope.spawn(move || look(part))).collect();
        parts
            .into_iter()
            .flat_map(|part| part.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    })
}

/// Customers that a node with older lists has screened since are due again.
async fn pick_up(service: &Service) -> Result<(), Refused> {
    for tenant in service.store().tenants().await? {
        let ctx = Ctx::system(tenant.id);
        service.store().pick_up_stranded(&ctx, service.now(), STRANDED_MAX).await?;
    }
    Ok(())
}
