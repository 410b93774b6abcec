//! Published lists, the same for every tenant: every version by its content, so that any past screening can be run
//! again. Files are kept compressed, in chunks small enough for a row.

use db::{Batch, Expect, Row, sql, values};
use jiff::Timestamp;
use onboarding::TenantId;
use watchlists::Topics;

use crate::error::{Inconsistent, StoreError};
use crate::generations;
use crate::open::Store;
use crate::rows::{Reader, count, id, time};
use crate::statements::statements;

macro_rules! select {
    () => {
        "SELECT list, hash, format, owner_id, title, published_on, entities, names, topics, defects, bytes, files, added_at, \
         confirmed_at FROM list_versions"
    };
}

statements! {
    CURRENT = sql(concat!(select!(), " WHERE in_force=1 ORDER BY list"));
    VERSIONS = sql(concat!(select!(), " WHERE list=$1 ORDER BY added_at DESC, hash"));
    VERSION = sql(concat!(select!(), " WHERE list=$1 AND hash=$2"));
    STAMP = sql("SELECT value FROM stamps WHERE name='lists'");
    STAMP_RAISE = sql(
        "INSERT INTO stamps (name, value) VALUES ('lists', 1) \
         ON CONFLICT (name) DO UPDATE SET value=stamps.value+1",
    );
    VERSION_PUT = sql(
        "INSERT INTO list_versions (list, hash, format, owner_id, title, published_on, entities, names, topics, defects, bytes, \
         files, added_at, confirmed_at, in_force) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 1) \
         ON CONFLICT (list, hash) DO UPDATE SET confirmed_at=excluded.confirmed_at, in_force=1",
    );
    // With the generation that they are: one statement, one state.
    TOGETHER = sql(
        "SELECT list, hash, format, owner_id, title, published_on, entities, names, topics, defects, bytes, files, added_at, confirmed_at, \
         (SELECT COALESCE(MAX(generation), 0) FROM generations) AS generation \
         FROM list_versions WHERE in_force=1 ORDER BY list",
    );
    OTHERS_OUT_OF_FORCE = sql("UPDATE list_versions SET in_force=0 WHERE list=$1 AND hash <> $2 AND in_force=1");
    CHUNK_PUT = sql(
        "INSERT INTO list_chunks (list, hash, file, chunk, data) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (list, hash, file, chunk) DO UPDATE SET data=excluded.data",
    );
    CHUNKS = sql("SELECT data FROM list_chunks WHERE list=$1 AND hash=$2 AND file=$3 ORDER BY chunk");
    // What a crash left of a version that was never finished.
    ORPHANS_DELETE = sql(
        "DELETE FROM list_chunks WHERE list=$1 AND NOT EXISTS (SELECT 1 FROM list_versions v \
         WHERE v.list=list_chunks.list AND v.hash=list_chunks.hash)",
    );
}

/// Bytes of a chunk, compressed.
const CHUNK_BYTES: usize = 1 << 20;

/// Chunks that are written at once, so that nobody waits long for the writer.
const CHUNKS_AT_ONCE: usize = 8;

/// zstd's own default: lists shrink to a tenth, and are compressed once a day.
const COMPRESSION_LEVEL: i32 = 3;

/// One version of a published list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListVersion {
    /// Its name (`ofac-sdn`, `pep-fr`); a tenant's own carries the tenant's key before a colon.
    pub list: String,
    /// The hash of its content.
    pub hash: [u8; 32],
    /// What its files are: the word of a format or publisher, which is its name where it has no other.
    pub format: String,
    /// The tenant that alone sees it; everybody does, where there is none.
    pub tenant: Option<TenantId>,
    /// Its title.
    pub title: String,
    /// The day it was published, as it says itself.
    pub published_on: Option<String>,
    /// How many parties it lists.
    pub entities: u64,
    /// Under how many names.
    pub names: u64,
    /// What they are listed for.
    pub topics: Topics,
    /// How many defects were found in it.
    pub defects: u64,
    /// How many bytes its files have.
    pub bytes: u64,
    /// The names of its files.
    pub files: Vec<String>,
    /// When it was added.
    pub added_at: Timestamp,
    /// When it was last added or found unchanged.
    pub confirmed_at: Timestamp,
}

impl ListVersion {
    /// Whether this tenant's customers are screened against it.
    #[must_use]
    pub fn is_seen_by(&self, tenant: TenantId) -> bool {
        self.tenant.is_none_or(|owner| owner == tenant)
    }
}

impl Store {
    /// Keeps a version of a list with its files, and puts it in force. One that is known already is confirmed, and put
    /// in force again; its files are not written twice. A version whose files were not all written is never in force.
    /// Where the content in force is another afterwards, that is a new generation.
    ///
    /// # Errors
    /// [`StoreError::TooLarge`] for more than a thousand files; what the store cannot do.
    pub async fn put_list(
        &self,
        version: &ListVersion,
        files: &[(String, &[u8])],
        engine: &str,
    ) -> Result<(), StoreError> {
        if files.len() > 1000 {
            return Err(StoreError::TooLarge { what: "the list" });
        }
        let known = self.list_version(&version.list, version.hash).await?.is_some();
        if !known {
            self.put_files(version, files).await?;
        }
        let current = self.current_lists().await?;
        let in_force = current.iter().any(|known| (&known.list, known.hash) == (&version.list, version.hash));
        let names: Vec<&String> = files.iter().map(|(name, _)| name).collect();
        let mut batch = Batch::new();
        batch.add(&OTHERS_OUT_OF_FORCE, values![&version.list, version.hash], Expect::Any);
        let put = values![
            &version.list,
            version.hash,
            &version.format,
            version.tenant.map(|tenant| id(tenant.0)),
            &version.title,
            version.published_on.as_ref(),
            count(version.entities),
            count(version.names),
            u32::from(version.topics.0),
            count(version.defects),
            count(version.bytes),
            serde_json::to_string(&names).expect("a list of texts is JSON"),
            time(version.added_at),
            time(version.confirmed_at)
        ];
        batch.add(&VERSION_PUT, put, Expect::Rows(1));
        raise_stamp(&mut batch);
        if !in_force {
            generations::add(&mut batch, engine, version.confirmed_at);
        }
        self.db().write(batch).await?;
        Ok(())
    }

    /// The versions in force, by list.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn current_lists(&self) -> Result<Vec<ListVersion>, StoreError> {
        self.db().read(&CURRENT, values![]).await?.iter().map(read).collect()
    }

    /// The versions in force, by list, and the generation that they are; 0 before there was any list.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn lists_together(&self) -> Result<(u64, Vec<ListVersion>), StoreError> {
        let rows = self.db().read(&TOGETHER, values![]).await?;
        let generation = rows
            .first()
            .map_or(Ok(0), |row| Reader::named(row, "generations", "newest".to_owned()).number("generation"))?;
        Ok((generation, rows.iter().map(read).collect::<Result<_, _>>()?))
    }

    /// Every version of a list, the newest first.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn list_versions(&self, list: &str) -> Result<Vec<ListVersion>, StoreError> {
        self.db().read(&VERSIONS, values![list]).await?.iter().map(read).collect()
    }

    /// One version of a list.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn list_version(&self, list: &str, hash: [u8; 32]) -> Result<Option<ListVersion>, StoreError> {
        self.db().read_one(&VERSION, values![list, hash]).await?.as_ref().map(read).transpose()
    }

    /// The files of a version, byte for byte; none if there is no such version.
    ///
    /// # Errors
    /// [`crate::Inconsistent`] where a file does not unpack.
    pub async fn list_files(&self, list: &str, hash: [u8; 32]) -> Result<Vec<(String, Vec<u8>)>, StoreError> {
        let Some(version) = self.list_version(list, hash).await? else { return Ok(Vec::new()) };
        let mut files = Vec::with_capacity(version.files.len());
        for (at, name) in version.files.into_iter().enumerate() {
            let rows = self.db().read(&CHUNKS, values![list, hash, count(at as u64)]).await?;
            let mut packed = Vec::new();
            for row in &rows {
                packed.extend_from_slice(row.bytes("data")?);
            }
            let unpacked = zstd::decode_all(packed.as_slice())
                .map_err(|_| Inconsistent::new("list_chunks", format!("{list}, file {at}"), "it does not unpack"))?;
            files.push((name, unpacked));
        }
        Ok(files)
    }

    /// A number that is another one as soon as any list was added, confirmed or put in force.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn lists_stamp(&self) -> Result<u64, StoreError> {
        let row = self.db().read_one(&STAMP, values![]).await?;
        row.map_or(Ok(0), |row| Reader::named(&row, "stamps", "lists".to_owned()).number("value"))
    }

    async fn put_files(&self, version: &ListVersion, files: &[(String, &[u8])]) -> Result<(), StoreError> {
        let mut batch = Batch::new();
        batch.add(&ORPHANS_DELETE, values![&version.list], Expect::Any);
        for (at, (_, content)) in files.iter().enumerate() {
            let packed = zstd::encode_all(*content, COMPRESSION_LEVEL)
                .expect("compressing memory into memory fails only without memory");
            for (number, chunk) in packed.chunks(CHUNK_BYTES).enumerate() {
                let put = values![&version.list, version.hash, count(at as u64), count(number as u64), chunk];
                batch.add(&CHUNK_PUT, put, Expect::Rows(1));
                if batch.len() >= CHUNKS_AT_ONCE {
                    self.db().write(std::mem::take(&mut batch)).await?;
                }
            }
        }
        self.db().write(batch).await?;
        Ok(())
    }
}

/// Lets every node see that the lists are others.
pub(crate) fn raise_stamp(batch: &mut Batch) {
    batch.add(&STAMP_RAISE, values![], Expect::Rows(1));
}

fn read(row: &Row) -> Result<ListVersion, StoreError> {
    let name = row.text("list").unwrap_or("?").to_owned();
    let row = Reader::named(row, "list_versions", name);
    Ok(ListVersion {
        list: row.string("list")?,
        hash: row.hash("hash")?,
        format: row.string("format")?,
        tenant: row.opt_uuid("owner_id")?.map(TenantId),
        title: row.string("title")?,
        published_on: row.opt_string("published_on")?,
        entities: row.number("entities")?,
        names: row.number("names")?,
        topics: Topics(row.number("topics")?),
        defects: row.number("defects")?,
        bytes: row.number("bytes")?,
        files: serde_json::from_str(row.text("files")?).map_err(|_| row.inconsistent("its files are no list"))?,
        added_at: row.time("added_at")?,
        confirmed_at: row.time("confirmed_at")?,
    })
}
