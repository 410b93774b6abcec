//! Files: what a customer or a reviewer sent, sealed with the customer's key, in pieces small enough for a row.
//!
//! Written once and never changed. In clear stand who it belongs to, what it is for, its media type and its size; its
//! name is sealed, and its digest is keyed, so that nobody without the tenant's key can tell which known file it is.

use db::{Expect, Row, sql, values};
use jiff::Timestamp;
use onboarding::{CustomerId, FileId, Pii, TenantId};
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::context::Ctx;
use crate::customers::read::unwrap;
use crate::error::StoreError;
use crate::open::Store;
use crate::rows::{Reader, count, id, time};
use crate::statements::statements;
use crate::vault::keyring::TenantKeys;
use crate::vault::seal::{Place, SealKey};
use crate::write::{Meaning, Statements};

/// Bytes of a piece, before it is sealed: a row that both engines read without effort.
const CHUNK_BYTES: usize = 256 * 1024;

statements! {
    FILE_INSERT = sql(
        "INSERT INTO files (tenant_id, id, customer_id, purpose, content_type, bytes, digest, created_at, sealed) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    );
    FILE_CHUNK_INSERT = sql("INSERT INTO file_chunks (tenant_id, file_id, chunk, sealed) VALUES ($1, $2, $3, $4)");
    FILE = sql(
        "SELECT f.tenant_id, f.id, f.customer_id, f.purpose, f.content_type, f.bytes, f.digest, f.created_at, f.sealed, \
         k.wrapped FROM files f LEFT JOIN customer_keys k ON k.tenant_id=f.tenant_id AND k.customer_id=f.customer_id \
         WHERE f.tenant_id=$1 AND f.id=$2",
    );
    FILES_OF = sql(
        "SELECT f.tenant_id, f.id, f.customer_id, f.purpose, f.content_type, f.bytes, f.digest, f.created_at, f.sealed, \
         k.wrapped FROM files f LEFT JOIN customer_keys k ON k.tenant_id=f.tenant_id AND k.customer_id=f.customer_id \
         WHERE f.tenant_id=$1 AND f.customer_id=$2 ORDER BY f.created_at, f.id LIMIT $3",
    );
    FILE_CHUNKS = sql("SELECT chunk, sealed FROM file_chunks WHERE tenant_id=$1 AND file_id=$2 ORDER BY chunk");
    FILE_KEY = sql(
        "SELECT c.id, k.wrapped FROM customers c \
         LEFT JOIN customer_keys k ON k.tenant_id=c.tenant_id AND k.customer_id=c.id WHERE c.tenant_id=$1 AND c.id=$2",
    );
}

/// What is known of a file without reading it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileInfo {
    /// Its id.
    pub id: FileId,
    /// Whose it is.
    pub customer: CustomerId,
    /// What it is for, in the word of who keeps it (`case attachment`); kept in clear.
    pub purpose: String,
    /// Its media type; kept in clear.
    pub content_type: String,
    /// Its name, as it was sent.
    pub name: Option<Pii<String>>,
    /// How many bytes it has.
    pub bytes: u64,
    /// When it was kept.
    pub created_at: Timestamp,
}

/// A file to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFile {
    /// Its id.
    pub id: FileId,
    /// Whose it is.
    pub customer: CustomerId,
    /// What it is for; kept in clear.
    pub purpose: String,
    /// Its media type; kept in clear.
    pub content_type: String,
    /// Its name, as it was sent.
    pub name: Option<Pii<String>>,
    /// What it holds.
    pub content: Pii<Vec<u8>>,
}

impl NewFile {
    /// Largest file, in bytes: a scan of a passport at full quality has one or two million.
    pub const BYTES_MAX: usize = 10 * 1024 * 1024;
}

impl Store {
    /// One file of the tenant, with what it holds.
    ///
    /// # Errors
    /// [`crate::Inconsistent`] for one that is damaged, or whose customer's key is gone.
    pub async fn file(&self, ctx: &Ctx, file: FileId) -> Result<Option<(FileInfo, Zeroizing<Vec<u8>>)>, StoreError> {
        let keys = self.keys(ctx.tenant).await?;
        let Some(row) = self.read_one_with_key(&FILE, values![id(ctx.tenant.0), id(file.0)]).await? else {
            return Ok(None);
        };
        let info = read(&row, &keys)?;
        let row = Reader::new(&row, "files", "id");
        let key = unwrap(&row, &keys, info.customer)?;
        let mut content = Zeroizing::new(Vec::with_capacity(usize::try_from(info.bytes).unwrap_or(0)));
        let chunks = self.db().read(&FILE_CHUNKS, values![id(ctx.tenant.0), id(file.0)]).await?;
        for (number, chunk) in chunks.iter().enumerate() {
            let chunk = Reader::named(chunk, "file_chunks", format!("{file}/{number}"));
            if chunk.number::<usize>("chunk")? != number {
                return Err(chunk.inconsistent("a piece before it is missing"));
            }
            let place = chunk_id(file, number);
            let piece = key.open(&chunk_place(&ctx.tenant, &place), chunk.bytes("sealed")?);
            content.extend_from_slice(&piece.map_err(|broken| chunk.inconsistent(broken.to_string()))?);
        }
        let digest = keys.digest.digest(DIGEST, &[&content]);
        if content.len() as u64 != info.bytes || digest[..] != *row.bytes("digest")? {
            return Err(row.inconsistent("it is not what was kept"));
        }
        Ok(Some((info, content)))
    }

    /// What files a customer has, the oldest first, at most `limit`.
    ///
    /// # Errors
    /// As for [`Store::file`].
    pub async fn files_of(&self, ctx: &Ctx, customer: CustomerId, limit: u32) -> Result<Vec<FileInfo>, StoreError> {
        let keys = self.keys(ctx.tenant).await?;
        let values = values![id(ctx.tenant.0), id(customer.0), limit];
        self.read_with_keys(&FILES_OF, values).await?.iter().map(|row| read(row, &keys)).collect()
    }

    /// The key of a customer who is there.
    pub(crate) async fn customer_key(
        &self,
        ctx: &Ctx,
        keys: &TenantKeys,
        customer: CustomerId,
    ) -> Result<Option<SealKey>, StoreError> {
        let row = self.read_one_with_key(&FILE_KEY, values![id(ctx.tenant.0), id(customer.0)]).await?;
        row.map(|row| unwrap(&Reader::new(&row, "customers", "id"), keys, customer)).transpose()
    }
}

/// What the digest of a file is keyed for.
const DIGEST: &str = "vestibule/file/1";

/// Adds a file.
pub(crate) fn put(
    ctx: &Ctx,
    keys: &TenantKeys,
    key: &SealKey,
    file: &NewFile,
    now: Timestamp,
    statements: &mut Statements,
) {
    let name = file.name.as_ref().map_or("", |name| name.as_str());
    let insert = values![
        id(ctx.tenant.0),
        id(file.id.0),
        id(file.customer.0),
        file.purpose.as_str(),
        file.content_type.as_str(),
        count(file.content.len() as u64),
        keys.digest.digest(DIGEST, &[&file.content]),
        time(now),
        key.seal(&place(&ctx.tenant, &file.id.0), name.as_bytes())
    ];
    statements.add(&FILE_INSERT, insert, Expect::Rows(1), Meaning::File);
    for (number, piece) in file.content.chunks(CHUNK_BYTES).enumerate() {
        let at = chunk_id(file.id, number);
        let sealed = key.seal(&chunk_place(&ctx.tenant, &at), piece);
        let insert = values![id(ctx.tenant.0), id(file.id.0), count(number as u64), sealed];
        statements.add(&FILE_CHUNK_INSERT, insert, Expect::Rows(1), Meaning::File);
    }
}

fn read(row: &Row, keys: &TenantKeys) -> Result<FileInfo, StoreError> {
    let row = Reader::new(row, "files", "id");
    let (file, customer) = (FileId(row.uuid("id")?), row.customer("customer_id")?);
    let key = unwrap(&row, keys, customer)?;
    let name = key.open(&place(&row.tenant()?, &file.0), row.bytes("sealed")?);
    let name = name.map_err(|broken| row.inconsistent(broken.to_string()))?;
    let name = String::from_utf8(name.to_vec()).map_err(|_| row.inconsistent("its name is no text"))?;
    Ok(FileInfo {
        id: file,
        customer,
        purpose: row.string("purpose")?,
        content_type: row.string("content_type")?,
        name: Some(name).filter(|name| !name.is_empty()).map(Pii),
        bytes: row.number("bytes")?,
        created_at: row.time("created_at")?,
    })
}

fn place<'a>(tenant: &TenantId, file: &'a Uuid) -> Place<'a> {
    Place { tenant: *tenant, table: "files", row: file.as_bytes(), column: "sealed", version: 0 }
}

/// Which file, and which piece of it.
fn chunk_id(file: FileId, number: usize) -> [u8; 24] {
    let mut at = [0; 24];
    at[..16].copy_from_slice(file.0.as_bytes());
    at[16..].copy_from_slice(&(number as u64).to_be_bytes());
    at
}

fn chunk_place<'a>(tenant: &TenantId, at: &'a [u8; 24]) -> Place<'a> {
    Place { tenant: *tenant, table: "file_chunks", row: at, column: "sealed", version: 0 }
}
