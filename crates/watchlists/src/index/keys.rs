//! A table from 32-bit keys to numbers, for many numbers a key: sorted, with a short way to each key's place.

/// Numbers by key. Two values of one hash share a key, so what comes out is to be checked.
#[derive(Default)]
pub(super) struct Keys {
    /// Key in the upper half, number in the lower; ascending.
    entries: Vec<u64>,
    /// Where the entries start whose key has these upper bits.
    starts: Vec<u32>,
    shift: u32,
}

impl Keys {
    /// The table of these pairs of key and number; pairs that stand twice are kept once.
    pub(super) fn new(mut entries: Vec<u64>) -> Self {
        entries.sort_unstable();
        entries.dedup();
        entries.shrink_to_fit();
        // About four entries a start.
        let bits = (entries.len() / 4).max(1).ilog2().min(28);
        let shift = 32 - bits;
        let mut starts = vec![0_u32; (1 << bits) + 1];
        for entry in &entries {
            starts[upper(*entry, shift) + 1] += 1;
        }
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        Self { entries, starts, shift }
    }

    /// A table that was taken apart, if it fits together and leads to numbers below a count.
    pub(super) fn of(entries: Vec<u64>, starts: Vec<u32>, count: usize) -> Option<Self> {
        let places = starts.len().checked_sub(1).filter(|places| places.is_power_of_two())?;
        let bits = places.ilog2();
        let lead_in = entries.iter().map(|entry| *entry as u32).max().is_none_or(|highest| (highest as usize) < count);
        let fits = bits <= 28 && super::snapshot::parts(&starts, places, entries.len()) && lead_in;
        fits.then_some(Self { entries, starts, shift: 32 - bits })
    }

    /// Keys with their numbers, ascending.
    pub(super) fn entries(&self) -> &[u64] {
        &self.entries
    }

    /// Where the entries of each start begin.
    pub(super) fn starts(&self) -> &[u32] {
        &self.starts
    }

    /// One entry for [`Keys::new`].
    pub(super) const fn entry(key: u32, number: u32) -> u64 {
        (key as u64) << 32 | number as u64
    }

    /// The numbers of one key, ascending.
    pub(super) fn under(&self, key: u32) -> impl Iterator<Item = u32> {
        let at = upper(Self::entry(key, 0), self.shift);
        let near = match self.starts.get(at + 1) {
            Some(end) => &self.entries[self.starts[at] as usize..*end as usize],
            None => &[],
        };
        near.iter().filter(move |entry| (**entry >> 32) as u32 == key).map(|entry| *entry as u32)
    }

    /// Bytes held.
    pub(super) fn bytes(&self) -> usize {
        8 * self.entries.capacity() + 4 * self.starts.capacity()
    }
}

fn upper(entry: u64, shift: u32) -> usize {
    // Two steps, because a shift by all 32 bits of the key is one too far for one.
    ((entry >> 32) >> shift) as usize
}

/// The key of some bytes, the same in every build; `tag` keeps the kinds of key apart.
pub(super) fn key(tag: u8, bytes: &[u8]) -> u32 {
    let start = 0x811c_9dc5_u32 ^ u32::from(tag).wrapping_mul(0x9e37_79b1);
    let hash = bytes.iter().fold(start, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193));
    // FNV's upper bits are its weak ones, and the table goes by the upper bits.
    (hash ^ hash >> 15).wrapping_mul(0x2c1b_3c6d) ^ hash >> 12
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_is_found_under_its_key_and_no_other() {
        for many in [0_u32, 1, 3, 1000] {
            let pairs = (0..many).map(|number| (key(1, &(number / 3).to_le_bytes()), number));
            let table = Keys::new(pairs.clone().map(|(key, number)| Keys::entry(key, number)).collect());
            for (key, number) in pairs {
                assert!(table.under(key).any(|known| known == number));
            }
            let absent = key(2, b"absent");
            assert_eq!(table.under(absent).count(), 0);
        }
    }
}
