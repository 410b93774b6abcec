//! Generations: which versions of the lists were in force together, under which engine.

use db::{Batch, Expect, sql, values};
use jiff::Timestamp;

use crate::error::StoreError;
use crate::open::Store;
use crate::rows::{Reader, count, time};
use crate::statements::statements;

statements! {
    GENERATION_ADD = sql(
        "INSERT INTO generations (generation, engine, made_at) \
         SELECT COALESCE(MAX(generation), 0) + 1, CAST($1 AS TEXT), CAST($2 AS BIGINT) FROM generations",
    );
    GENERATION_LISTS_ADD = sql(
        "INSERT INTO generation_lists (generation, list, hash) \
         SELECT (SELECT MAX(generation) FROM generations), list, hash FROM list_versions WHERE in_force=1",
    );
    NEWEST = sql("SELECT generation, engine, made_at FROM generations ORDER BY generation DESC LIMIT 1");
    GENERATION = sql("SELECT generation, engine, made_at FROM generations WHERE generation=$1");
    GENERATION_LISTS = sql("SELECT list, hash FROM generation_lists WHERE generation=$1 ORDER BY list");
    FIRST_WITH = sql("SELECT COALESCE(MIN(generation), 0) AS generation FROM generation_lists WHERE list=$1 AND hash=$2");
}

/// What a screening is asked against.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Generation {
    /// Counted from 1.
    pub number: u64,
    /// The engine that compares.
    pub engine: String,
    /// Since when.
    pub made_at: Timestamp,
    /// The lists in force, by name, each with the hash of its content.
    pub lists: Vec<(String, [u8; 32])>,
}

/// Adds the generation that the lists in force are from now on.
pub(crate) fn add(batch: &mut Batch, engine: &str, now: Timestamp) {
    batch.add(&GENERATION_ADD, values![engine, time(now)], Expect::Rows(1));
    batch.add(&GENERATION_LISTS_ADD, values![], Expect::Any);
}

impl Store {
    /// The newest generation; none before there was a list.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn newest_generation(&self) -> Result<Option<Generation>, StoreError> {
        let Some(row) = self.db().read_one(&NEWEST, values![]).await? else { return Ok(None) };
        let number = Reader::named(&row, "generations", "newest".to_owned()).number("generation")?;
        self.generation(number).await
    }

    /// One generation.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn generation(&self, number: u64) -> Result<Option<Generation>, StoreError> {
        let Some(row) = self.db().read_one(&GENERATION, values![count(number)]).await? else { return Ok(None) };
        let row = Reader::named(&row, "generations", number.to_string());
        let rows = self.db().read(&GENERATION_LISTS, values![count(number)]).await?;
        let list = |row| {
            let row = Reader::named(row, "generation_lists", number.to_string());
            Ok::<_, StoreError>((row.string("list")?, row.hash("hash")?))
        };
        let lists = rows.iter().map(list).collect::<Result<_, _>>()?;
        Ok(Some(Generation { number, engine: row.string("engine")?, made_at: row.time("made_at")?, lists }))
    }

    /// The generation in which this version of a list was in force first; 0 if it never was.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn first_generation_with(&self, list: &str, hash: [u8; 32]) -> Result<u64, StoreError> {
        let row = self.db().read_one(&FIRST_WITH, values![list, hash]).await?;
        row.map_or(Ok(0), |row| Reader::named(&row, "generation_lists", list.to_owned()).number("generation"))
    }

    /// Makes a new generation out of the lists in force: for another engine, or to have everybody looked at anew.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn add_generation(&self, engine: &str, now: Timestamp) -> Result<(), StoreError> {
        let mut batch = Batch::new();
        add(&mut batch, engine, now);
        crate::lists::raise_stamp(&mut batch);
        self.db().write(batch).await?;
        Ok(())
    }
}
