//! Every statement of the store, so that a test can prepare each on both engines.

/// Declares the statements of a module: constants, and a list of them for [`all`].
macro_rules! statements {
    ($($(#[$doc:meta])* $name:ident = $sql:expr;)+) => {
        $($(#[$doc])* const $name: db::Sql = $sql;)+

        /// The statements of this module, by name.
        pub(crate) const STATEMENTS: &[(&str, &db::Sql)] = &[$((stringify!($name), &$name)),+];
    };
}

pub(crate) use statements;

/// Every statement, by name.
pub fn all() -> Vec<(&'static str, &'static db::Sql)> {
    [
        crate::accounts::STATEMENTS,
        crate::answers::STATEMENTS,
        crate::cases::STATEMENTS,
        crate::categories::STATEMENTS,
        crate::credentials::STATEMENTS,
        crate::customers::ask::STATEMENTS,
        crate::customers::read::STATEMENTS,
        crate::customers::write::STATEMENTS,
        crate::deliveries::backlog::STATEMENTS,
        crate::deliveries::claim::STATEMENTS,
        crate::deliveries::end::STATEMENTS,
        crate::deliveries::queue::STATEMENTS,
        crate::deliveries::read::STATEMENTS,
        crate::erasure::STATEMENTS,
        crate::evidence::STATEMENTS,
        crate::feeds::STATEMENTS,
        crate::files::STATEMENTS,
        crate::gauges::STATEMENTS,
        crate::generations::STATEMENTS,
        crate::handles::STATEMENTS,
        crate::jobs::STATEMENTS,
        crate::journal::read::STATEMENTS,
        crate::journal::seal::STATEMENTS,
        crate::journal::sealer::STATEMENTS,
        crate::journal::verify::STATEMENTS,
        crate::lists::STATEMENTS,
        crate::network::STATEMENTS,
        crate::network::facts::STATEMENTS,
        crate::network::write::STATEMENTS,
        crate::open::STATEMENTS,
        crate::paces::STATEMENTS,
        crate::people::EMAIL_STATEMENTS,
        crate::people::SESSION_STATEMENTS,
        crate::people::USER_STATEMENTS,
        crate::registrations::read::STATEMENTS,
        crate::registrations::write::STATEMENTS,
        crate::rescreening::STATEMENTS,
        crate::risk_models::STATEMENTS,
        crate::signing_keys::STATEMENTS,
        crate::tenants::STATEMENTS,
        crate::what_ifs::STATEMENTS,
    ]
    .concat()
}
