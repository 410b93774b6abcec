//! Edit distances: counted (for what may meet at all) and weighed (for how alike it is).

use crate::phonetic::is_vowel;
use crate::token::TEXT_BYTES_MAX;

/// Longest text compared: three joined tokens.
pub(crate) const JOINED_MAX: usize = 3 * TEXT_BYTES_MAX;
/// One whole edit in the units of [`weighed`].
pub(crate) const WHOLE: u32 = 10;

/// The number of insertions, deletions, substitutions and swaps of neighbours, or `None` beyond `limit`.
pub(crate) fn counted(one: &[u8], two: &[u8], limit: usize) -> Option<usize> {
    let (one, two) = trim(one, two);
    let (short, long) = if one.len() <= two.len() { (one, two) } else { (two, one) };
    if long.len() - short.len() > limit || long.len() > JOINED_MAX {
        return None;
    }
    if short.is_empty() {
        return Some(long.len());
    }
    if limit == 0 {
        return None;
    }
    let mut before = [0_u8; JOINED_MAX + 1];
    let mut last = [0_u8; JOINED_MAX + 1];
    let mut row = [0_u8; JOINED_MAX + 1];
    for (at, cell) in last[..=short.len()].iter_mut().enumerate() {
        *cell = at as u8;
    }
    for i in 1..=long.len() {
        row[0] = i as u8;
        let mut least = row[0];
        for j in 1..=short.len() {
            let same = long[i - 1] == short[j - 1];
            let mut cost = (last[j - 1] + u8::from(!same)).min(last[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && long[i - 1] == short[j - 2] && long[i - 2] == short[j - 1] {
                cost = cost.min(before[j - 2] + 1);
            }
            row[j] = cost;
            least = least.min(cost);
        }
        if usize::from(least) > limit {
            return None;
        }
        std::mem::swap(&mut before, &mut last);
        std::mem::swap(&mut last, &mut row);
    }
    let distance = usize::from(last[short.len()]);
    (distance <= limit).then_some(distance)
}

/// What it costs to turn one text into the other, in tenths of an edit, where slips that people make cost less.
///
/// `None` beyond `limit`, which is found out early: two rows of costs that are all beyond it lead nowhere nearer.
pub(crate) fn weighed(one: &[u8], two: &[u8], limit: u32) -> Option<u32> {
    let (short, long) = if one.len() <= two.len() { (one, two) } else { (two, one) };
    let (short, long) = (&short[..short.len().min(TEXT_BYTES_MAX)], &long[..long.len().min(TEXT_BYTES_MAX)]);
    let mut before = [0_u32; TEXT_BYTES_MAX + 1];
    let mut last = [0_u32; TEXT_BYTES_MAX + 1];
    let mut row = [0_u32; TEXT_BYTES_MAX + 1];
    let mut extras = [0_u32; TEXT_BYTES_MAX];
    for (j, cost) in extras[..short.len()].iter_mut().enumerate() {
        *cost = extra(short, j);
        last[j + 1] = last[j] + *cost;
    }
    let mut least_before = 0;
    for i in 1..=long.len() {
        let a = long[i - 1];
        let costs = &CHANGED[usize::from(a & 127)];
        let dropped = extra(long, i - 1);
        row[0] = last[0] + dropped;
        let mut least = row[0];
        for j in 1..=short.len() {
            let b = short[j - 1];
            let start = u32::from(i == 1 && j == 1 && a != b);
            let mut cost = last[j - 1] + u32::from(costs[usize::from(b & 127)]) + start;
            cost = cost.min(last[j] + dropped).min(row[j - 1] + extras[j - 1]);
            if i > 1 && j > 1 && a == short[j - 2] && long[i - 2] == b {
                cost = cost.min(before[j - 2] + 8);
            }
            row[j] = cost;
            least = least.min(cost);
        }
        if least.min(least_before) > limit {
            return None;
        }
        least_before = least;
        std::mem::swap(&mut before, &mut last);
        std::mem::swap(&mut last, &mut row);
    }
    Some(last[short.len()]).filter(|cost| *cost <= limit)
}

/// The cost of each letter in place of each other, as [`changed`] has it; texts are ASCII.
static CHANGED: [[u8; 128]; 128] = {
    let mut table = [[0; 128]; 128];
    let mut a = 0_u8;
    while a < 128 {
        let mut b = 0_u8;
        while b < 128 {
            if a != b {
                table[a as usize][b as usize] = changed(a, b) as u8;
            }
            b += 1;
        }
        a += 1;
    }
    table
};

/// The cost of a letter that only one text has.
fn extra(text: &[u8], at: usize) -> u32 {
    let byte = text[at];
    let doubled = at > 0 && text[at - 1] == byte;
    if doubled {
        2
    } else if byte == b'h' && at > 0 {
        4
    } else if at > 0 && is_vowel(byte) {
        if is_vowel(text[at - 1]) { 5 } else { 8 }
    } else if at == 0 {
        11
    } else {
        WHOLE
    }
}

/// The cost of one letter in place of another.
const fn changed(a: u8, b: u8) -> u32 {
    let (a, b) = if a < b { (a, b) } else { (b, a) };
    match (a, b) {
        (b'i', b'y' | b'j') | (b'c' | b'k', b'q') | (b'c', b'k') | (b'v', b'w') | (b's', b'z') | (b'j', b'y') => 3,
        (b'i', b'l')
        | (b'f', b'v')
        | (b'g', b'k' | b'q')
        | (b'd', b't')
        | (b'b', b'p')
        | (b'c', b's')
        | (b'k', b'x') => 6,
        (b's', b'x') | (b'g', b'j') | (b'j', b'z') | (b'c', b'z') | (b'm', b'n') => 7,
        (b'u', b'w') | (b'u', b'v') | (b'o', b'w') => 5,
        (b'e', b'i') | (b'o', b'u') | (b'e', b'y') | (b'a', b'e') => 5,
        _ if is_vowel(a) && is_vowel(b) => 6,
        _ => WHOLE,
    }
}

/// Without what both start and end with.
fn trim<'a>(one: &'a [u8], two: &'a [u8]) -> (&'a [u8], &'a [u8]) {
    let start = one.iter().zip(two).take_while(|(a, b)| a == b).count();
    let (one, two) = (&one[start..], &two[start..]);
    let end = one.iter().rev().zip(two.iter().rev()).take_while(|(a, b)| a == b).count();
    (&one[..one.len() - end], &two[..two.len() - end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_swaps_as_one() {
        assert_eq!(counted(b"schulte", b"schutle", 1), Some(1));
        assert_eq!(counted(b"ab", b"ba", 2), Some(1));
        assert_eq!(counted(b"kitten", b"sitting", 3), Some(3));
        assert_eq!(counted(b"kitten", b"sitting", 2), None);
        assert_eq!(counted(b"", b"ab", 2), Some(2));
    }

    #[test]
    fn slips_cost_less_than_other_letters() {
        let cost = |one: &[u8], two: &[u8]| weighed(one, two, u32::MAX);
        assert!(cost(b"mohammed", b"mohamed") < cost(b"mohammed", b"mohamned"));
        assert!(cost(b"katya", b"katia") < cost(b"katya", b"katra"));
        assert_eq!(cost(b"same", b"same"), Some(0));
        for (one, two) in [("katya", "aktya"), ("mohammed", "mahmoud"), ("ivanov", "petrov"), ("khan", "han")] {
            let (one, two) = (one.as_bytes(), two.as_bytes());
            for limit in 0..60 {
                assert_eq!(weighed(one, two, limit), cost(one, two).filter(|cost| *cost <= limit));
            }
        }
    }
}
