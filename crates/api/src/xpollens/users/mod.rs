//! Users and what belongs to one, a file a resource.

pub mod attachments;
pub mod code;
pub mod create;
pub mod criteria;
pub mod declarative;
pub mod demand;
pub mod filtering;
pub mod forms;
pub mod own;
pub mod profile;
pub mod read;
pub mod tax;
pub mod update;
pub mod view;

use axum::Router;
use axum::routing::{delete, get, patch, post, put};

use super::Counter;
use super::error::Problem;

/// The routes whose bodies are JSON. The versions are mixed, and `user` stands beside `users`, as in the seed document.
pub fn routes() -> Router<Counter> {
    const SCA: &str = "/api/sca";
    let newer = "/api/v2.0/users/{user}";
    let refused = async || Problem::no_deletion();
    Router::new()
        .route("/api/v1.1/users", get(read::older_list))
        .route("/api/v1.1/users/{user}", post(create::under_path).get(read::older).put(update::update).delete(refused))
        .route("/api/v2.0/users", post(create::under_body).get(read::newer_list))
        .route(newer, get(read::newer).put(update::update).delete(refused))
        .route(&format!("{SCA}/v2.0/users/{{user}}"), put(update::signed).delete(refused))
        .route(
            &format!("{newer}/declarative"),
            post(declarative::declare).put(declarative::declare).get(declarative::read),
        )
        .route("/api/v2.1/user/{user}/fatcaEai", patch(forms::older))
        .route(&format!("{SCA}/v2.1/user/{{user}}/fatcaEai"), patch(forms::older))
        .route("/api/v3.0/users/{user}/fatca-eai", patch(forms::newer).get(forms::signed))
        .route(&format!("{SCA}/v3.0/users/{{user}}/fatca-eai"), patch(forms::newer))
        .route("/api/v2.1/user/compliance/{user}", get(forms::compliance))
        .route("/api/v2.1/user/{user}/self-certification", get(forms::self_certification))
        .route(&format!("{newer}/cgu"), post(forms::terms))
        .route(&format!("{SCA}/v2.0/users/{{user}}/cgu"), post(forms::terms))
        .route("/api/v2.0/strong-authentication-request", post(own::ask))
        .route("/api/v2.0/users/{user}/kyc/demand", get(demand::read))
        .route("/api/v3.0/users/{user}/kyc/demand", post(demand::begin).get(demand::read).patch(demand::change))
        .route("/api/v3.0/users/{user}/anti-money-laundering", get(read::filtering))
        .route("/api/v2.0/users/{user}/activation-code", post(code::renew))
        .route("/api/v2.0/users/{user}/activation-code.svg", get(code::svg))
        .route("/api/v2.0/users/{user}/activation-code.png", get(code::png))
        .route("/api/v2.0/accounts/{account}", get(read::account))
        .route("/api/v2.1/user/{user}", delete(refused))
}

/// The routes whose bodies bring files.
pub fn file_routes() -> Router<Counter> {
    Router::new()
        .route("/api/v2.0/users/{user}/kyc/attachments", post(attachments::identity))
        .route("/api/v2.0/users/{user}/fatca/attachments", post(attachments::tax_paper))
}
