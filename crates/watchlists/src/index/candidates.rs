//! Which listed names can be alike at all.

use names::{Name, Token, token_similarity};
use rustc_hash::FxHashSet;

use super::Index;

impl Index {
    /// The numbers of the names that may reach [`names::Score::ALERT`] against this one, ascending.
    pub(super) fn candidates(&self, name: &Name) -> Vec<u32> {
        let mut names = FxHashSet::default();
        for (number, listed) in self.tokens.iter().enumerate() {
            if !listed.is_anchor() && !may_join(listed) {
                continue;
            }
            if name.tokens().iter().any(|token| meets(token, listed)) {
                names.extend(self.postings.row(number as u32));
            }
        }
        let mut names: Vec<u32> = names.into_iter().collect();
        names.sort_unstable();
        names
    }
}

fn may_join(token: &Token) -> bool {
    !token.text().is_empty()
}

/// Alike, or one the beginning or end of the other, as the parts of a joined word are.
fn meets(one: &Token, two: &Token) -> bool {
    let (short, long) =
        if one.text().len() < two.text().len() { (one.text(), two.text()) } else { (two.text(), one.text()) };
    (one.is_anchor() && two.is_anchor() && token_similarity(one, two).is_some())
        || (!short.is_empty() && (long.starts_with(short) || long.ends_with(short)))
}
