//! Lists of numbers end to end in one allocation: postings, the tokens of names.

use std::ops::Range;

/// Many short lists of numbers.
#[derive(Default)]
pub(super) struct Rows {
    starts: Vec<u32>,
    values: Vec<u32>,
}

impl Rows {
    /// Rows to be added one after the other.
    pub(super) fn builder() -> RowsBuilder {
        RowsBuilder { rows: Self { starts: vec![0], values: Vec::new() } }
    }

    /// Rows by key from pairs that are sorted by nothing: within a row the values keep the order of the pairs.
    pub(super) fn by_key(keys: usize, pairs: impl Iterator<Item = (u32, u32)> + Clone) -> Self {
        let mut starts = vec![0_u32; keys + 1];
        for (key, _) in pairs.clone() {
            starts[key as usize + 1] += 1;
        }
        for key in 0..keys {
            starts[key + 1] += starts[key];
        }
        let mut next = starts.clone();
        let mut values = vec![0; starts[keys] as usize];
        for (key, value) in pairs {
            let at = &mut next[key as usize];
            values[*at as usize] = value;
            *at += 1;
        }
        Self { starts, values }
    }

    /// Rows that are made each alone, on all cores; the result does not depend on how many took part.
    pub(super) fn in_parallel(rows: usize, make: impl Fn(u32, &mut Vec<u32>) + Sync) -> Self {
        let pieces = super::in_pieces(rows, 512, |range| {
            let (mut lengths, mut values, mut row) = (Vec::with_capacity(range.len()), Vec::new(), Vec::new());
            for number in range {
                row.clear();
                make(number as u32, &mut row);
                lengths.push(row.len() as u32);
                values.extend_from_slice(&row);
            }
            (lengths, values)
        });
        let mut all = Self { starts: Vec::with_capacity(rows + 1), values: Vec::new() };
        all.values.reserve_exact(pieces.iter().map(|(_, values)| values.len()).sum());
        let mut end = 0;
        all.starts.push(end);
        for (lengths, values) in pieces {
            all.starts.extend(lengths.into_iter().map(|len| {
                end += len;
                end
            }));
            all.values.extend_from_slice(&values);
        }
        all
    }

    /// Rows that were taken apart, if they fit together.
    pub(super) fn of(starts: Vec<u32>, values: Vec<u32>) -> Option<Self> {
        super::snapshot::parts(&starts, starts.len().checked_sub(1)?, values.len()).then_some(Self { starts, values })
    }

    /// Where each row starts, and where the last one ends.
    pub(super) fn starts(&self) -> &[u32] {
        &self.starts
    }

    /// All rows, end to end.
    pub(super) fn all_values(&self) -> &[u32] {
        &self.values
    }

    /// One row.
    pub(super) fn row(&self, key: u32) -> &[u32] {
        let key = key as usize;
        &self.values[self.starts[key] as usize..self.starts[key + 1] as usize]
    }

    /// Where a row stands.
    pub(super) fn range(&self, key: u32) -> Range<u32> {
        self.starts[key as usize]..self.starts[key as usize + 1]
    }

    /// What stands there.
    pub(super) fn values(&self, range: Range<u32>) -> &[u32] {
        &self.values[range.start as usize..range.end as usize]
    }

    /// How many rows there are.
    pub(super) fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// Every row with its number.
    pub(super) fn iter(&self) -> impl Iterator<Item = (u32, &[u32])> + Clone {
        (0..self.len()).map(|key| (key as u32, self.row(key as u32)))
    }

    /// Bytes held.
    pub(super) fn bytes(&self) -> usize {
        4 * (self.starts.capacity() + self.values.capacity())
    }
}

/// Rows in the making.
pub(super) struct RowsBuilder {
    rows: Rows,
}

impl RowsBuilder {
    /// Appends a row.
    pub(super) fn push(&mut self, values: impl Iterator<Item = u32>) {
        self.rows.values.extend(values);
        self.rows.starts.push(self.rows.values.len() as u32);
    }

    /// How many rows there are by now.
    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    /// The rows.
    pub(super) fn build(mut self) -> Rows {
        self.rows.starts.shrink_to_fit();
        self.rows.values.shrink_to_fit();
        self.rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_by_key_keep_the_order_of_the_pairs() {
        let pairs = [(2, 7), (0, 1), (2, 3), (0, 9)];
        let rows = Rows::by_key(3, pairs.into_iter());
        assert_eq!((rows.row(0), rows.row(1), rows.row(2)), (&[1, 9][..], &[][..], &[7, 3][..]));
        assert_eq!(rows.iter().map(|(_, row)| row.len()).sum::<usize>(), 4);
    }
}
