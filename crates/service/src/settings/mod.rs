//! A tenant's settings: keys and values an operator may set, each read into what is in force. One table, so that what is
//! known, what is valid and what it does stand in one place.

mod read;
mod values;

use std::collections::BTreeMap;

use onboarding::Pii;
use onboarding::policy::FourEyes;
use store::{NETWORK_SHARE, Tenant};

use crate::outbound::{Guard, UrlProblem, check_url};

pub use values::{
    CALLBACK_TYPES, Documents, Envelope, Faces, Finhub, Hawk, InForce, JwtAlgorithm, Settings, Waldo, Xpollens,
};

/// What is shown of a secret.
const MASK: &str = "********";

/// One setting.
struct Setting {
    key: &'static str,
    kind: Kind,
    /// Puts a valid value into what is in force, or says what would be valid.
    apply: fn(&mut InForce, &str) -> Result<(), &'static str>,
    /// What is in force.
    show: fn(&InForce) -> String,
}

/// What is special about a setting.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Nothing.
    Plain,
    /// It is sealed, and never shown.
    Secret,
    /// The house is to call it.
    Address,
}

const SETTINGS: &[Setting] = &[
    Setting {
        key: "cases.fourEyes",
        kind: Kind::Plain,
        apply: |all, value| {
            let four_eyes = FourEyes::parse(value).ok_or("none, true-match or all");
            four_eyes.map(|four_eyes| all.policy.four_eyes = four_eyes)
        },
        show: |all| all.policy.four_eyes.as_str().to_owned(),
    },
    Setting {
        key: "checks.business",
        kind: Kind::Plain,
        apply: |all, value| read::checks(value).map(|checks| all.policy.business_checks = checks),
        show: |all| read::joined(&all.policy.business_checks),
    },
    Setting {
        key: "checks.person",
        kind: Kind::Plain,
        apply: |all, value| read::checks(value).map(|checks| all.policy.person_checks = checks),
        show: |all| read::joined(&all.policy.person_checks),
    },
    Setting {
        key: "documents.verifierSecret",
        kind: Kind::Secret,
        apply: |all, value| {
            read::secret(value).map(|secret| all.settings.documents.verifier_secret = Some(Pii(secret)))
        },
        show: |all| all.settings.documents.verifier_secret.as_ref().map_or_else(String::new, |_| MASK.to_owned()),
    },
    Setting {
        key: "documents.verifierUrl",
        kind: Kind::Address,
        apply: |all, value| read::address(value).map(|url| all.settings.documents.verifier_url = url),
        show: |all| all.settings.documents.verifier_url.clone().unwrap_or_default(),
    },
    Setting {
        key: "faces.comparerSecret",
        kind: Kind::Secret,
        apply: |all, value| read::secret(value).map(|secret| all.settings.faces.comparer_secret = Some(Pii(secret))),
        show: |all| all.settings.faces.comparer_secret.as_ref().map_or_else(String::new, |_| MASK.to_owned()),
    },
    Setting {
        key: "faces.comparerUrl",
        kind: Kind::Address,
        apply: |all, value| read::address(value).map(|url| all.settings.faces.comparer_url = url),
        show: |all| all.settings.faces.comparer_url.clone().unwrap_or_default(),
    },
    Setting {
        key: "finhub.bankCode",
        kind: Kind::Plain,
        apply: |all, value| read::issuer(value).map(|issuer| all.settings.finhub.issuer = issuer),
        show: |all| format!("{}/{}", all.settings.finhub.issuer.country(), all.settings.finhub.issuer.bank()),
    },
    Setting {
        key: "finhub.jwtAlgorithm",
        kind: Kind::Plain,
        apply: |all, value| {
            let algorithm = JwtAlgorithm::parse(value).ok_or("HS256 or EdDSA");
            algorithm.map(|algorithm| all.settings.finhub.jwt_algorithm = algorithm)
        },
        show: |all| all.settings.finhub.jwt_algorithm.as_str().to_owned(),
    },
    Setting {
        key: POWER_TENANT,
        kind: Kind::Plain,
        apply: |all, value| read::tenant_key(value).map(|key| all.settings.finhub.power_tenant = key),
        show: |all| all.settings.finhub.power_tenant.clone().unwrap_or_default(),
    },
    Setting {
        key: "fraud.weights",
        kind: Kind::Plain,
        apply: |all, value| read::weights(value).map(|model| all.policy.fraud = model),
        show: |all| read::shown_weights(&all.policy.fraud),
    },
    Setting {
        key: "hawk.budget",
        kind: Kind::Plain,
        apply: |all, value| read::budget(value).map(|budget| all.settings.hawk.budget = budget),
        show: |all| read::shown_budget(all.settings.hawk.budget),
    },
    Setting {
        key: HAWK_CALLBACK_SECRET,
        kind: Kind::Secret,
        apply: |all, value| read::secret(value).map(|secret| all.settings.hawk.callback_secret = Some(Pii(secret))),
        show: |all| all.settings.hawk.callback_secret.as_ref().map_or_else(String::new, |_| MASK.to_owned()),
    },
    Setting {
        key: "hawk.callbackSecretHeader",
        kind: Kind::Plain,
        apply: |all, value| read::header(value).map(|header| all.settings.hawk.callback_secret_header = header),
        show: |all| all.settings.hawk.callback_secret_header.clone(),
    },
    Setting {
        key: "lists.maxAge",
        kind: Kind::Plain,
        apply: |all, value| read::age(value).map(|age| all.policy.lists_age_max = age),
        show: |all| read::shown(all.policy.lists_age_max),
    },
    Setting {
        key: NETWORK_SHARE,
        kind: Kind::Plain,
        apply: |all, value| read::truth(value).map(|share| all.policy.network_share = share),
        show: |all| all.policy.network_share.to_string(),
    },
    Setting {
        key: "ownership.threshold",
        kind: Kind::Plain,
        apply: |all, value| read::percent(value).map(|percent| all.settings.ownership_threshold_percent = percent),
        show: |all| all.settings.ownership_threshold_percent.to_string(),
    },
    Setting {
        key: "screening.dismissalDays",
        kind: Kind::Plain,
        apply: |all, value| read::dismissal_days(value).map(|lasts| all.policy.dismissal_lasts = lasts),
        show: |all| read::shown_dismissal_days(all.policy.dismissal_lasts),
    },
    Setting {
        key: "screening.threshold",
        kind: Kind::Plain,
        apply: |all, value| read::threshold(value).map(|threshold| all.policy.alert_threshold = threshold),
        show: |all| all.policy.alert_threshold.to_string(),
    },
    Setting {
        key: "waldo.approveAt",
        kind: Kind::Plain,
        apply: |all, value| read::fraction(value).map(|score| all.settings.waldo.approve_at = score),
        show: |all| all.settings.waldo.approve_at.to_string(),
    },
    Setting {
        key: "waldo.minimumAge",
        kind: Kind::Plain,
        apply: |all, value| read::years(value).map(|years| all.policy.age_min_years = years),
        show: |all| all.policy.age_min_years.to_string(),
    },
    Setting {
        key: "waldo.rejectBelow",
        kind: Kind::Plain,
        apply: |all, value| read::fraction(value).map(|score| all.settings.waldo.reject_below = score),
        show: |all| all.settings.waldo.reject_below.to_string(),
    },
    Setting {
        key: "waldo.sandboxWebhookUrl",
        kind: Kind::Address,
        apply: |all, value| read::address(value).map(|url| all.settings.waldo.sandbox_webhook_url = url),
        show: |all| all.settings.waldo.sandbox_webhook_url.clone().unwrap_or_default(),
    },
    Setting {
        key: "waldo.webhookUrl",
        kind: Kind::Address,
        apply: |all, value| read::address(value).map(|url| all.settings.waldo.webhook_url = url),
        show: |all| all.settings.waldo.webhook_url.clone().unwrap_or_default(),
    },
    Setting {
        key: "xpollens.bankCode",
        kind: Kind::Plain,
        apply: |all, value| read::bank(value).map(|issuer| all.settings.xpollens.issuer = issuer),
        show: |all| format!("{}/{}", all.settings.xpollens.issuer.country(), all.settings.xpollens.issuer.bank()),
    },
    Setting {
        key: "xpollens.bic",
        kind: Kind::Plain,
        apply: |all, value| read::bic(value).map(|bic| all.settings.xpollens.bic = Some(bic)),
        show: |all| all.settings.xpollens.bic.clone().unwrap_or_default(),
    },
    Setting {
        key: "xpollens.callbackBasic",
        kind: Kind::Secret,
        apply: |all, value| read::basic(value).map(|basic| all.settings.xpollens.callback_basic = Some(basic)),
        show: |all| all.settings.xpollens.callback_basic.as_ref().map_or_else(String::new, |_| MASK.to_owned()),
    },
    Setting {
        key: "xpollens.callbackUrl",
        kind: Kind::Address,
        apply: |all, value| read::address(value).map(|url| all.settings.xpollens.callback_url = url),
        show: |all| all.settings.xpollens.callback_url.clone().unwrap_or_default(),
    },
    callback_url::<0>("xpollens.callbackUrl.15"),
    callback_url::<1>("xpollens.callbackUrl.31"),
    callback_url::<2>("xpollens.callbackUrl.32"),
    callback_url::<3>("xpollens.callbackUrl.34"),
    callback_url::<4>("xpollens.callbackUrl.35"),
    callback_url::<5>("xpollens.callbackUrl.36"),
    callback_url::<6>("xpollens.callbackUrl.4"),
    callback_url::<7>("xpollens.callbackUrl.44"),
    callback_url::<8>("xpollens.callbackUrl.45"),
    callback_url::<9>("xpollens.callbackUrl.48"),
    callback_url::<10>("xpollens.callbackUrl.PoliticallyExposedPersonStatusCreatedOrUpdated"),
    callback_url::<11>("xpollens.callbackUrl.StrongAuthenticationRequestCreatedOrUpdated"),
    callback_url::<12>("xpollens.callbackUrl.UserCreatedOrUpdated"),
    Setting {
        key: "xpollens.envelope",
        kind: Kind::Plain,
        apply: |all, value| {
            let envelope = Envelope::parse(value).ok_or("payload or bare");
            envelope.map(|envelope| all.settings.xpollens.envelope = envelope)
        },
        show: |all| all.settings.xpollens.envelope.as_str().to_owned(),
    },
    Setting {
        key: "xpollens.frameAncestors",
        kind: Kind::Plain,
        apply: |all, value| read::origins(value).map(|origins| all.settings.xpollens.frame_ancestors = origins),
        show: |all| all.settings.xpollens.frame_ancestors.join(","),
    },
    Setting {
        key: "xpollens.refusedRetentionDays",
        kind: Kind::Plain,
        apply: |all, value| read::days(value).map(|days| all.policy.admission.refused_days = days),
        show: |all| all.policy.admission.refused_days.to_string(),
    },
    Setting {
        key: "xpollens.retentionDays",
        kind: Kind::Plain,
        apply: |all, value| read::days(value).map(|days| all.policy.admission.prospect_days = days),
        show: |all| all.policy.admission.prospect_days.to_string(),
    },
    Setting {
        key: "xpollens.steps",
        kind: Kind::Plain,
        apply: |all, value| read::steps(value).map(|steps| all.policy.admission.steps = steps),
        show: |all| {
            let words: Vec<&str> = all.policy.admission.steps.iter().map(|step| step.as_str()).collect();
            words.join(",")
        },
    },
    Setting {
        key: TRANSFER_MAX_CENTS,
        kind: Kind::Plain,
        apply: |all, value| read::cents(value).map(|cents| all.policy.admission.transfer_max_cents = cents),
        show: |all| all.policy.admission.transfer_max_cents.to_string(),
    },
    Setting {
        key: TRANSFER_MIN_CENTS,
        kind: Kind::Plain,
        apply: |all, value| read::cents(value).map(|cents| all.policy.admission.transfer_min_cents = cents),
        show: |all| all.policy.admission.transfer_min_cents.to_string(),
    },
    Setting {
        key: XPOLLENS_TRANSFER_SECRET,
        kind: Kind::Secret,
        apply: |all, value| read::secret(value).map(|secret| all.settings.xpollens.transfer_secret = Some(Pii(secret))),
        show: |all| all.settings.xpollens.transfer_secret.as_ref().map_or_else(String::new, |_| MASK.to_owned()),
    },
];

/// The address of one type of callback.
const fn callback_url<const TYPE: usize>(key: &'static str) -> Setting {
    Setting {
        key,
        kind: Kind::Address,
        apply: |all, value| {
            let url = read::address(value)?;
            let of_type = &mut all.settings.xpollens.callback_url_of;
            match url {
                Some(url) => drop(of_type.insert(CALLBACK_TYPES[TYPE], url)),
                None => drop(of_type.remove(CALLBACK_TYPES[TYPE])),
            }
            Ok(())
        },
        show: |all| all.settings.xpollens.callback_url_of.get(CALLBACK_TYPES[TYPE]).cloned().unwrap_or_default(),
    }
}

/// The setting that names another tenant.
pub(crate) const POWER_TENANT: &str = "finhub.powerTenant";
/// The setting that a new tenant is given a value of.
pub(crate) const HAWK_CALLBACK_SECRET: &str = "hawk.callbackSecret";
/// Another.
pub(crate) const XPOLLENS_TRANSFER_SECRET: &str = "xpollens.transferSecret";
/// The settings by which it is known when customers are forgotten.
pub(crate) const RETENTION: [&str; 2] = ["xpollens.refusedRetentionDays", "xpollens.retentionDays"];
const TRANSFER_MAX_CENTS: &str = "xpollens.transfer.maxCents";
const TRANSFER_MIN_CENTS: &str = "xpollens.transfer.minCents";

/// Why a setting is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingError {
    /// No setting has this key.
    #[error("unknown setting `{key}`; known are: {}", known().join(", "))]
    Unknown {
        /// The key.
        key: String,
    },
    /// The value does not fit.
    #[error("`{key}` must be {must_be}")]
    Invalid {
        /// The key.
        key: String,
        /// What would fit.
        must_be: &'static str,
    },
    /// The house will not call this address.
    #[error("`{key}`: {problem}")]
    Address {
        /// The key.
        key: String,
        /// Why not.
        problem: UrlProblem,
    },
    /// Two settings do not go together.
    #[error("`{one}` must not be above `{other}`")]
    Order {
        /// The one that is too large.
        one: &'static str,
        /// The one that is too small.
        other: &'static str,
    },
}

/// Every key there is, in order.
#[must_use]
pub fn known() -> Vec<&'static str> {
    SETTINGS.iter().map(|setting| setting.key).collect()
}

/// Puts a value into the tenant's settings; an empty one takes out what is there, so that the default is in force again.
///
/// # Errors
/// What is wrong with it, for a house that calls these addresses.
pub(crate) fn put(tenant: &mut Tenant, key: &str, value: &str, guard: Guard) -> Result<(), SettingError> {
    let setting = SETTINGS.iter().find(|setting| setting.key == key);
    let setting = setting.ok_or_else(|| SettingError::Unknown { key: key.to_owned() })?;
    if value.is_empty() {
        tenant.settings.remove(key);
        tenant.secrets.remove(key);
        return Ok(());
    }
    let invalid = |must_be| SettingError::Invalid { key: key.to_owned(), must_be };
    (setting.apply)(&mut InForce::default(), value).map_err(invalid)?;
    match setting.kind {
        Kind::Secret => {
            tenant.secrets.insert(key.to_owned(), Pii(value.to_owned()));
        }
        Kind::Address => {
            check_url(value, guard).map_err(|problem| SettingError::Address { key: key.to_owned(), problem })?;
            tenant.settings.insert(key.to_owned(), value.to_owned());
        }
        Kind::Plain => {
            tenant.settings.insert(key.to_owned(), value.to_owned());
        }
    }
    Ok(())
}

/// Whether the settings go together.
///
/// # Errors
/// Which do not.
pub(crate) fn check(in_force: &InForce) -> Result<(), SettingError> {
    let waldo = &in_force.settings.waldo;
    if waldo.reject_below > waldo.approve_at {
        return Err(SettingError::Order { one: "waldo.rejectBelow", other: "waldo.approveAt" });
    }
    let admission = &in_force.policy.admission;
    if admission.transfer_min_cents > admission.transfer_max_cents {
        return Err(SettingError::Order { one: TRANSFER_MIN_CENTS, other: TRANSFER_MAX_CENTS });
    }
    Ok(())
}

/// What is in force for the tenant: the defaults, with what is set put over them. The policy's version is the tenant's.
#[must_use]
pub fn in_force(tenant: &Tenant) -> InForce {
    let mut all = InForce::default();
    all.policy.version = tenant.version;
    for setting in SETTINGS {
        let secret = tenant.secrets.get(setting.key).map(|secret| secret.0.as_str());
        let plain = tenant.settings.get(setting.key).map(String::as_str);
        if let Some(value) = if setting.kind == Kind::Secret { secret } else { plain } {
            // What was stored was validated; a value that no longer fits leaves the default, which is the safe one.
            let _ = (setting.apply)(&mut all, value);
        }
    }
    all
}

/// All settings as they are in force, secrets masked.
#[must_use]
pub fn shown(in_force: &InForce) -> BTreeMap<&'static str, String> {
    SETTINGS.iter().map(|setting| (setting.key, (setting.show)(in_force))).collect()
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use onboarding::TenantId;

    use super::*;

    fn tenant() -> Tenant {
        Tenant {
            id: TenantId(uuid::Uuid::nil()),
            key: "bank-1".to_owned(),
            name: "Bank".to_owned(),
            sandbox: false,
            power: false,
            settings: BTreeMap::new(),
            secrets: BTreeMap::new(),
            version: 1,
            created_at: Timestamp::UNIX_EPOCH,
        }
    }

    fn refused(key: &str, value: &str) -> Option<SettingError> {
        put(&mut tenant(), key, value, Guard::Public).err()
    }

    #[test]
    fn each_setting_takes_what_it_shows() {
        let mut defaults = shown(&InForce::default());
        assert_eq!(defaults.keys().copied().collect::<Vec<_>>(), known());
        assert!(known().is_sorted());
        for url in [
            "documents.verifierUrl",
            "faces.comparerUrl",
            "waldo.sandboxWebhookUrl",
            "waldo.webhookUrl",
            "xpollens.callbackUrl",
        ] {
            defaults.insert(url, "https://bank.example/hook".to_owned());
        }
        for key in known().into_iter().filter(|key| key.starts_with("xpollens.callbackUrl.")) {
            assert!(CALLBACK_TYPES.iter().any(|of| key.ends_with(&format!(".{of}"))), "{key}");
            defaults.insert(key, format!("https://bank.example/{key}"));
        }
        for (key, value) in defaults {
            let mut tenant = tenant();
            assert_eq!(put(&mut tenant, key, &value, Guard::Public), Ok(()), "{key}={value}");
            assert_eq!(shown(&in_force(&tenant))[key], value);
            // And gives way to the default.
            assert_eq!(put(&mut tenant, key, "", Guard::Public), Ok(()));
            assert_eq!(in_force(&tenant), InForce::default(), "{key}");
        }
    }

    #[test]
    fn each_setting_is_described_with_its_default() {
        let page = include_str!("../../../../docs/SETTINGS.md");
        for (key, value) in shown(&InForce::default()) {
            let row = page.lines().find(|line| line.starts_with(&format!("| `{key}` | ")));
            let row = row.unwrap_or_else(|| panic!("docs/SETTINGS.md has no row for {key}"));
            assert!(value.is_empty() || row.contains(&format!("| `{value}` |")), "the default is {value}: {row}");
        }
    }

    #[test]
    fn a_changed_setting_is_in_force() {
        for (key, value) in [
            ("cases.fourEyes", "all"),
            ("checks.person", "sanctions"),
            ("checks.business", "pep"),
            ("finhub.bankCode", "GB/VEST999999"),
            ("finhub.jwtAlgorithm", "EdDSA"),
            ("finhub.powerTenant", "power-1"),
            ("hawk.budget", "PT1S"),
            ("hawk.callbackSecretHeader", "X-Secret"),
            ("lists.maxAge", "P3D"),
            ("network.share", "true"),
            ("ownership.threshold", "10"),
            ("screening.threshold", "0.8"),
            ("waldo.approveAt", "0.9"),
            ("waldo.minimumAge", "21"),
            ("waldo.rejectBelow", "0.2"),
            ("xpollens.callbackUrl.35", "https://bank.example/35"),
            ("xpollens.envelope", "bare"),
            ("xpollens.frameAncestors", "https://app.bank.example,http://localhost:3000"),
            ("xpollens.bankCode", "FR/3000600001"),
            ("xpollens.bic", "AGRIFRPP"),
            ("xpollens.refusedRetentionDays", "3650"),
            ("xpollens.retentionDays", "30"),
            ("xpollens.transfer.maxCents", "200000"),
            ("xpollens.transfer.minCents", "1"),
        ] {
            let mut tenant = tenant();
            assert_eq!(put(&mut tenant, key, value, Guard::Public), Ok(()), "{key}={value}");
            assert_eq!(shown(&in_force(&tenant))[key], value);
            assert_ne!(in_force(&tenant), InForce::default(), "{key}");
        }
    }

    #[test]
    fn a_secret_is_kept_apart_and_never_shown() {
        let mut tenant = tenant();
        assert_eq!(put(&mut tenant, HAWK_CALLBACK_SECRET, "0123456789abcdef", Guard::Public), Ok(()));
        let all = in_force(&tenant);
        assert_eq!(all.settings.hawk.callback_secret, Some(Pii("0123456789abcdef".to_owned())));
        assert_eq!((tenant.settings.len(), shown(&all)[HAWK_CALLBACK_SECRET].as_str()), (0, MASK));
        assert!(!format!("{tenant:?} {all:?}").contains("0123456789"));
        // Nor is what is shown of it a secret.
        assert!(refused(HAWK_CALLBACK_SECRET, MASK).is_some());
    }

    #[test]
    fn what_does_not_fit_is_refused_with_what_would() {
        for (key, value) in [
            ("lists.maxAge", "soon"),
            ("lists.maxAge", "PT1S"),
            ("screening.threshold", "0.69"),
            ("screening.threshold", "nan"),
            ("checks.person", "sanctions,luck"),
            ("cases.fourEyes", "two"),
            ("finhub.bankCode", "DE"),
            ("finhub.bankCode", "DE/1"),
            ("finhub.bankCode", "FR/99999999"),
            ("finhub.jwtAlgorithm", "none"),
            ("finhub.powerTenant", "Power Bank"),
            ("fraud.weights", "email.role=11"),
            ("fraud.weights", "email.charm=1"),
            ("fraud.weights", "base=nan"),
            ("hawk.budget", "PT1M"),
            ("hawk.callbackSecret", "short"),
            ("hawk.callbackSecretHeader", "Content-Type"),
            ("hawk.callbackSecretHeader", "X Secret"),
            ("network.share", "yes"),
            ("ownership.threshold", "0"),
            ("waldo.approveAt", "1.1"),
            ("waldo.minimumAge", "-1"),
            ("waldo.webhookUrl", "bank.example"),
            ("xpollens.callbackBasic", "only-a-user"),
            ("xpollens.callbackBasic", ":password"),
            ("xpollens.callbackUrl.34", "bank.example"),
            ("xpollens.envelope", "none"),
            ("xpollens.frameAncestors", "https://app.bank.example/page"),
            ("xpollens.frameAncestors", "*"),
            ("xpollens.frameAncestors", "https://a.example; script-src *"),
            ("xpollens.bankCode", "3000"),
            ("xpollens.bankCode", "IT/12345"),
            ("xpollens.bic", "AGRI"),
            ("xpollens.retentionDays", "0"),
            ("xpollens.retentionDays", "P90D"),
            ("xpollens.transfer.maxCents", "-1"),
            ("xpollens.transfer.minCents", "1.5"),
            ("xpollens.transferSecret", "short"),
            ("waldo.webhookUrl", "https://me:pw@bank.example/"),
        ] {
            let error = refused(key, value);
            assert!(matches!(error, Some(SettingError::Invalid { .. })), "{key}={value}: {error:?}");
        }
        for (key, value) in [("waldo.webhookUrl", "http://bank.example/"), ("waldo.webhookUrl", "https://127.0.0.1/")] {
            assert!(matches!(refused(key, value), Some(SettingError::Address { .. })), "{key}={value}");
            assert_eq!(put(&mut tenant(), key, value, Guard::AllowPrivate), Ok(()));
        }
        let unknown = refused("lists.maxage", "P7D").expect("keys are exact");
        assert!(unknown.to_string().contains("lists.maxAge"), "{unknown}");
    }

    #[test]
    fn nobody_is_both_approved_and_rejected() {
        let mut tenant = tenant();
        assert_eq!(put(&mut tenant, "waldo.rejectBelow", "0.9", Guard::Public), Ok(()));
        let error = check(&in_force(&tenant)).expect_err("above 0.8");
        assert_eq!(error.to_string(), "`waldo.rejectBelow` must not be above `waldo.approveAt`");
        assert_eq!(put(&mut tenant, "waldo.approveAt", "0.95", Guard::Public), Ok(()));
        assert_eq!(check(&in_force(&tenant)), Ok(()));
    }
}
