//! On whose behalf the store is asked.

use std::fmt;

use onboarding::TenantId;
use uuid::Uuid;

/// The tenant whose data is meant, and who acts: every call that touches a tenant's data takes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ctx {
    /// Whose data.
    pub tenant: TenantId,
    /// Who acts; the journal keeps it.
    pub actor: Actor,
}

/// Who acts.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Actor {
    /// The house itself: a worker.
    System,
    /// A program with this credential.
    Credential(Uuid),
    /// A person at the console or the command line, by the name of the account. It is kept in clear.
    Operator(String),
}

impl Ctx {
    /// The house acting for a tenant.
    #[must_use]
    pub const fn system(tenant: TenantId) -> Self {
        Self { tenant, actor: Actor::System }
    }
}

impl Actor {
    /// Reads what `Display` writes, which is what the journal keeps.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text.split_once(':') {
            None => (text == "system").then_some(Self::System),
            Some(("credential", id)) => Uuid::try_parse(id).ok().map(Self::Credential),
            Some(("operator", name)) => Some(Self::Operator(name.to_owned())),
            Some(_) => None,
        }
    }
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::System => f.write_str("system"),
            Self::Credential(id) => write!(f, "credential:{id}"),
            Self::Operator(name) => write!(f, "operator:{name}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_actor_reads_back() {
        for actor in [Actor::System, Actor::Credential(Uuid::from_u128(7)), Actor::Operator("ana:lyst".to_owned())] {
            assert_eq!(Actor::parse(&actor.to_string()), Some(actor));
        }
        assert_eq!(Actor::parse("nobody"), None);
        assert_eq!(Actor::parse("credential:x"), None);
    }
}
