//! What is printed.

use std::fmt;
use std::time::Duration;

use crate::load::Load;

/// What the house should reach of the bare rate with one row a commit. Each onboarding is some twenty rows, is screened,
/// sealed and put into the journal; what groups its commits makes up for that.
const AIM: f64 = 0.5;

/// And in onboardings a second, on two cores with this program beside it.
const AIM_A_SECOND: f64 = 3_000.0;

/// Prints one load.
pub fn phase(name: &str, how: &str, load: &Load) {
    println!(
        "{name:<9} {how}: {} in {:.1} s; {}",
        rate(load.succeeded(), load.lasted),
        load.lasted.as_secs_f64(),
        spread(&mut load.latencies.clone()),
    );
    if load.faults() > 0 {
        let example = load.example.as_deref().unwrap_or_default();
        println!("          {} refused, {} broken; the first: {example}", load.refused, load.broken);
    }
}

/// How times are spread; puts them in order.
pub fn spread(times: &mut [Duration]) -> String {
    times.sort_unstable();
    let at = |share| milliseconds(percentile(times, share));
    format!("p50 {} p90 {} p99 {} max {}", at(0.5), at(0.9), at(0.99), at(1.0))
}

/// Prints how the house stands to the disk.
pub fn aim(onboarded: f64, single: f64, grouped: f64) {
    let (of_single, of_grouped) = (onboarded / single, onboarded / grouped);
    println!(
        "ratio     {of_single:.2} of the bare rate with one row a commit, {of_grouped:.2} of the bare rate in groups"
    );
    let verdict = |reached| if reached { "reached" } else { "not reached" };
    println!("aim       {AIM:.2} of the bare rate with one row a commit: {}", verdict(of_single >= AIM));
    println!("aim       {AIM_A_SECOND:.0} onboardings a second: {}", verdict(onboarded >= AIM_A_SECOND));
}

/// A number a second.
pub fn rate(count: u64, lasted: Duration) -> String {
    format!("{:.0}/s", count as f64 / lasted.as_secs_f64())
}

fn milliseconds(duration: Duration) -> String {
    format!("{:.1} ms", duration.as_secs_f64() * 1e3)
}

/// The value that this share of all values does not exceed.
fn percentile(sorted: &[Duration], share: f64) -> Duration {
    let rank = (share * sorted.len() as f64).ceil() as usize;
    sorted.get(rank.saturating_sub(1)).copied().unwrap_or_default()
}

/// Processor time, as far as the system says.
pub struct Cost {
    server: Option<Duration>,
    generator: Option<Duration>,
}

impl Cost {
    /// Since each process began.
    pub fn now(server: u32) -> Self {
        Self { server: processor_time(&server.to_string()), generator: processor_time("self") }
    }

    pub fn since(&self, earlier: &Self) -> Self {
        let less = |now: Option<Duration>, then: Option<Duration>| Some(now?.saturating_sub(then?));
        Self { server: less(self.server, earlier.server), generator: less(self.generator, earlier.generator) }
    }

    pub fn per(&self, count: u64) -> Self {
        let share = |time: Option<Duration>| Some(time?.div_f64(count.max(1) as f64));
        Self { server: share(self.server), generator: share(self.generator) }
    }
}

impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let microseconds = |time: Option<Duration>| time.map_or("?".to_owned(), |time| time.as_micros().to_string());
        let (server, generator) = (microseconds(self.server), microseconds(self.generator));
        write!(f, "processor: server {server} us, generator {generator} us")
    }
}

/// User and system time from Linux's `/proc`, in its ticks of 10 ms.
fn processor_time(process: &str) -> Option<Duration> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The second field is the program's name, in parentheses, and may hold anything.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = |at: usize| fields.get(at)?.parse::<u64>().ok();
    Some(Duration::from_millis((ticks(11)? + ticks(12)?) * 10))
}

/// The most memory a process ever held, from Linux's `/proc`.
pub fn memory(process: u32) -> String {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok());
    kilobytes.map_or("unknown".to_owned(), |kilobytes| format!("{} MB", kilobytes / 1024))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_values_that_occurred() {
        let sorted: Vec<Duration> = (1..=100).map(Duration::from_millis).collect();
        assert_eq!(percentile(&sorted, 0.5), Duration::from_millis(50));
        assert_eq!(percentile(&sorted, 0.99), Duration::from_millis(99));
        assert_eq!(percentile(&sorted, 1.0), Duration::from_millis(100));
        assert_eq!(percentile(&sorted[..1], 0.5), Duration::from_millis(1));
        assert_eq!(percentile(&[], 0.99), Duration::ZERO);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn this_process_costs_something() {
        assert!(processor_time("self").is_some());
        assert!(memory(std::process::id()).ends_with(" MB"));
    }
}
