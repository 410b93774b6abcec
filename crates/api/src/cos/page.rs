//! Pages: `pageNumber` from 1, `pageSize` up to 50, and the vendor's wrapper around the results.

use serde::Serialize;

use super::error::Errors;
use super::query::Query;
use crate::fields::{Mistakes, Object};

/// Largest page; the vendor's bound.
const SIZE_MAX: u32 = 50;
/// Largest page number: beyond it nobody pages by hand, and an offset costs what it skips.
const NUMBER_MAX: u32 = 1_000_000;

/// Which part of a list is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Paging {
    number: u32,
    size: u32,
}

impl Paging {
    /// The parameters it is read from.
    pub const NAMES: [&str; 2] = ["pageNumber", "pageSize"];

    /// Reads the two parameters; without them it is the first page, as large as can be.
    #[must_use]
    pub fn read(query: &Object<'_>) -> Option<Self> {
        let (number, size) = (query.field("pageNumber"), query.field("pageSize"));
        let number = if number.is_there() { number.digits(1..=NUMBER_MAX) } else { Some(1) };
        let size = if size.is_there() { size.digits(1..=SIZE_MAX) } else { Some(SIZE_MAX) };
        Some(Self { number: number?, size: size? })
    }

    /// Reads a query that has nothing else.
    ///
    /// # Errors
    /// What is wrong with the two.
    pub fn only(query: &Query) -> Result<Self, Errors> {
        let mistakes = Mistakes::default();
        let read = Self::read(&query.object(&mistakes));
        mistakes.settle(read).map_err(Errors::from)
    }

    /// How many results come before the page.
    #[must_use]
    pub fn offset(self) -> u64 {
        u64::from(self.number - 1) * u64::from(self.size)
    }

    /// How many results it has room for.
    #[must_use]
    pub fn limit(self) -> u32 {
        self.size
    }
}

/// A page on the wire.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Paged<T> {
    results: Vec<T>,
    page_number: u32,
    page_size: u32,
    has_previous_page: bool,
    has_next_page: bool,
}

impl<T> Paged<T> {
    /// A page that was read as such.
    pub fn new(paging: Paging, results: impl Iterator<Item = T>, more: bool) -> Self {
        Self {
            results: results.collect(),
            page_number: paging.number,
            page_size: paging.size,
            has_previous_page: paging.number > 1,
            has_next_page: more,
        }
    }

    /// The page out of a list that is there as a whole.
    pub fn part(paging: Paging, len: usize, all: impl Iterator<Item = T>) -> Self {
        let offset = usize::try_from(paging.offset()).unwrap_or(usize::MAX);
        let limit = usize::try_from(paging.limit()).unwrap_or(usize::MAX);
        Self::new(paging, all.skip(offset).take(limit), len > offset.saturating_add(limit))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paging(query: &str) -> Result<Paging, Vec<String>> {
        let uri = format!("/x?{query}").parse().expect("a URI");
        let query = Query::of(&uri, &Paging::NAMES).expect("a query");
        Paging::only(&query).map_err(|errors| errors.messages().map(str::to_owned).collect())
    }

    #[test]
    fn a_page_is_read_in_any_case() {
        assert_eq!(paging(""), Ok(Paging { number: 1, size: 50 }));
        assert_eq!(paging("pagenumber=2&PageSize=10&x=y"), Ok(Paging { number: 2, size: 10 }));
        assert_eq!(paging("pageNumber=&pageSize="), Ok(Paging { number: 1, size: 50 }));
        assert_eq!(paging("pageNumber=3&pageNumber=x"), Ok(Paging { number: 3, size: 50 }));
        assert_eq!(Paging { number: 3, size: 10 }.offset(), 20);
    }

    #[test]
    fn a_page_out_of_bounds_is_refused() {
        let refused =
            vec!["pageNumber must be between 1 and 1000000".to_owned(), "pageSize must be between 1 and 50".to_owned()];
        assert_eq!(paging("pageNumber=0&pageSize=51"), Err(refused));
        assert_eq!(paging("pageSize=ten"), Err(vec!["pageSize must be a whole number".to_owned()]));
        let uri = "/x?pageSize=%ff".parse().expect("a URI");
        assert!(Query::of(&uri, &Paging::NAMES).is_ok(), "a broken sequence is read as what it is: no number");
    }

    #[test]
    fn a_page_knows_its_neighbours() {
        let shown = |number| {
            let page = Paged::part(Paging { number, size: 2 }, 5, 1..=5);
            serde_json::to_string(&page).expect("JSON")
        };
        assert_eq!(
            shown(1),
            r#"{"results":[1,2],"pageNumber":1,"pageSize":2,"hasPreviousPage":false,"hasNextPage":true}"#
        );
        assert_eq!(
            shown(3),
            r#"{"results":[5],"pageNumber":3,"pageSize":2,"hasPreviousPage":true,"hasNextPage":false}"#
        );
        assert_eq!(
            shown(9),
            r#"{"results":[],"pageNumber":9,"pageSize":2,"hasPreviousPage":true,"hasNextPage":false}"#
        );
    }
}
