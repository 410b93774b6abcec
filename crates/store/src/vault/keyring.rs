//! The keys of a tenant, and of its customers.

use onboarding::{CustomerId, TenantId};

use super::key::Key;
use super::master::MasterKey;
use super::seal::{Broken, Place, SealKey};

/// The first and so far only generation of tenants' and customers' keys.
pub(crate) const GENERATION: u32 = 1;

/// The keys derived from a tenant's root key. Kept in memory once unwrapped, wiped when the store is dropped.
#[derive(Debug)]
pub(crate) struct TenantKeys {
    tenant: TenantId,
    wrap: SealKey,
    /// Seals what belongs to the tenant and to no one customer.
    pub seal: SealKey,
    /// Makes blind index tokens.
    pub blind: Key,
    /// Makes digests that only this tenant's data can be compared with.
    pub digest: Key,
    /// Vouches for the head of the journal.
    pub journal: Key,
}

impl TenantKeys {
    fn derive(tenant: TenantId, root: &Key, generation: u32) -> Self {
        Self {
            tenant,
            wrap: SealKey::new(root.derive("wrap"), generation),
            seal: SealKey::new(root.derive("seal"), generation),
            blind: root.derive("blind"),
            digest: root.derive("digest"),
            journal: root.derive("journal"),
        }
    }

    /// Keys for a new tenant, and their root wrapped under the master key.
    pub fn create(tenant: TenantId, master: &MasterKey) -> (Self, Vec<u8>) {
        let root = Key::random();
        let wrapped = SealKey::new(master.key().derive("wrap"), GENERATION).seal(&tenant_place(&tenant), root.bytes());
        (Self::derive(tenant, &root, GENERATION), wrapped)
    }

    /// Unwraps a tenant's keys.
    pub fn open(tenant: TenantId, generation: u32, wrapped: &[u8], master: &MasterKey) -> Result<Self, Broken> {
        let root = SealKey::new(master.key().derive("wrap"), GENERATION).open(&tenant_place(&tenant), wrapped)?;
        let root = Key::new(root.as_slice().try_into().map_err(|_| Broken)?);
        Ok(Self::derive(tenant, &root, generation))
    }

    /// A key for a new customer, and the same wrapped.
    pub fn create_customer_key(&self, customer: CustomerId) -> (SealKey, Vec<u8>) {
        let key = Key::random();
        let wrapped = self.wrap.seal(&self.customer_place(&customer), key.bytes());
        (SealKey::new(key, GENERATION), wrapped)
    }

    /// Unwraps a customer's key.
    pub fn open_customer_key(&self, customer: CustomerId, wrapped: &[u8]) -> Result<SealKey, Broken> {
        let key = self.wrap.open(&self.customer_place(&customer), wrapped)?;
        Ok(SealKey::new(Key::new(key.as_slice().try_into().map_err(|_| Broken)?), GENERATION))
    }

    fn customer_place<'a>(&self, customer: &'a CustomerId) -> Place<'a> {
        let row = customer.0.as_bytes();
        Place { tenant: self.tenant, table: "customer_keys", row, column: "wrapped", version: 0 }
    }
}

fn tenant_place(tenant: &TenantId) -> Place<'_> {
    Place { tenant: *tenant, table: "tenant_keys", row: tenant.0.as_bytes(), column: "wrapped", version: 0 }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn keys_open_for_their_own_tenant_and_customer_only() {
        let master = MasterKey::random();
        let (one, two) = (TenantId(Uuid::from_u128(1)), TenantId(Uuid::from_u128(2)));
        let (keys, wrapped) = TenantKeys::create(one, &master);
        let read = TenantKeys::open(one, GENERATION, &wrapped, &master).expect("its own");
        assert_eq!(read.blind.bytes(), keys.blind.bytes());
        assert!(TenantKeys::open(two, GENERATION, &wrapped, &master).is_err());
        assert!(TenantKeys::open(one, GENERATION, &wrapped, &MasterKey::random()).is_err());

        let (erna, max) = (CustomerId(Uuid::from_u128(3)), CustomerId(Uuid::from_u128(4)));
        let (_, wrapped) = keys.create_customer_key(erna);
        assert!(read.open_customer_key(erna, &wrapped).is_ok());
        assert!(read.open_customer_key(max, &wrapped).is_err());
    }
}
