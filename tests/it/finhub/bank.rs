//! An institution that speaks FinHub, and the vendor's published request.

use std::path::Path;

use serde_json::{Value, json};

use crate::house::{Client, House, Reply, Tenant, eventually};

/// The published request, byte for byte but for its e-mail address, which is obfuscated there.
pub const PUBLISHED: &str = r#"{
  "tenantId": "97e7ff29-15f3-49ef-9681-3bbfcce4f6cd",
  "email": "john.doe@example.com",
  "password": "SecurePass123!@#",
  "matchingPassword": "SecurePass123!@#",
  "firstName": "John",
  "lastName": "Doe",
  "individualCustomer": {
    "tenantId": "97e7ff29-15f3-49ef-9681-3bbfcce4f6cd",
    "email": "john.doe@example.com",
    "firstName": "John",
    "lastName": "Doe",
    "middleName": "Robert",
    "dateOfBirth": "1990-05-15",
    "placeOfBirth": "New York",
    "nationality": "US",
    "phoneNumber": "+12125551234",
    "alternatePhoneNumber": "+12125559876",
    "address": {
      "street": "123 Main Street",
      "streetNumber": "123",
      "apartment": "Apt 4B",
      "city": "New York",
      "state": "NY",
      "postalCode": "10001",
      "country": "US",
      "addressType": "RESIDENTIAL"
    },
    "occupation": "Software Engineer",
    "employerName": "Tech Corp Inc",
    "annualIncome": "150000",
    "sourceOfFunds": "SALARY",
    "categorization": {
      "id": "550e8400-e29b-41d4-a716-446655440001",
      "name": "HIGH_RISK_INDIVIDUAL",
      "isActive": true,
      "categoryFeatureRelations": [
        {
          "feature": {
            "id": "660e8400-e29b-41d4-a716-446655440002",
            "code": "ENHANCED_AML_MONITORING"
          },
          "enabled": true,
          "parametrization": [
            { "name": "riskLevel", "value": "HIGH" },
            { "name": "riskScore", "value": "85" },
            { "name": "pep", "value": "true" },
            { "name": "pepCategory", "value": "DOMESTIC_PEP" },
            { "name": "sanctionsCheck", "value": "ENHANCED" },
            { "name": "monitoring", "value": "DAILY" },
            { "name": "edd", "value": "true" }
          ]
        },
        {
          "feature": {
            "id": "770e8400-e29b-41d4-a716-446655440003",
            "code": "TRANSACTION_LIMITS"
          },
          "enabled": true,
          "parametrization": [
            { "name": "dailyLimit", "value": "5000" },
            { "name": "monthlyLimit", "value": "50000" },
            { "name": "singleTransactionLimit", "value": "2000" }
          ]
        }
      ]
    }
  }
}"#;

/// The password of the published request.
pub const PASSWORD: &str = "SecurePass123!@#";
/// Where everything about individuals is.
pub const INDIVIDUAL: &str = "/api/v2.1/customer/individual";

/// A tenant with a token for its programs.
#[derive(Debug, Clone)]
pub struct Bank {
    pub client: Client,
    pub key: String,
}

/// A customer that was registered.
#[derive(Debug, Clone)]
pub struct Enrolled {
    pub customer: String,
    pub user: String,
    pub email: String,
    pub data: Value,
}

impl Bank {
    pub async fn open(house: &House) -> Self {
        Self::of(house, house.tenant(&[])).await
    }

    pub async fn of(house: &House, tenant: Tenant) -> Self {
        let key = key_of(house, &tenant.id);
        Self { client: house.client_of(tenant).await, key }
    }

    /// The same bank, asked at another house on the same database.
    pub fn at(&self, house: &House) -> Self {
        let mut there = self.clone();
        there.client = self.client.at(house.address());
        there
    }

    /// Asks with the institution's token.
    pub async fn ask(&self, method: &str, path: &str, body: Option<&Value>) -> Reply {
        self.ask_as(&self.client.token, method, path, body).await
    }

    /// Asks with this token.
    pub async fn ask_as(&self, token: &str, method: &str, path: &str, body: Option<&Value>) -> Reply {
        let body = body.map(|body| body.to_string().into_bytes());
        self.ask_raw(&[("authorization", &format!("Bearer {token}")), ("x-tenant-id", &self.key)], method, path, body)
            .await
    }

    /// Asks with these headers beside those that describe the body and the caller's address.
    pub async fn ask_raw(&self, headers: &[(&str, &str)], method: &str, path: &str, body: Option<Vec<u8>>) -> Reply {
        let mut all = vec![("content-type", "application/json"), ("x-forwarded-for", "192.168.1.100")];
        all.extend_from_slice(headers);
        self.client.send_raw(method, path, body, &all).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Reply {
        self.ask("POST", path, Some(body)).await
    }

    pub async fn get(&self, path: &str) -> Reply {
        self.ask("GET", path, None).await
    }

    /// Registers somebody with the published request under another e-mail address.
    pub async fn register(&self, email: &str) -> Enrolled {
        self.register_as(&person(email)).await
    }

    pub async fn register_as(&self, body: &Value) -> Enrolled {
        let reply = self.post(&format!("{INDIVIDUAL}/registration"), body).await;
        assert_eq!(reply.status, 200, "{}", reply.text);
        let data = reply.body["data"].clone();
        let text = |name: &str| data[name].as_str().unwrap_or_else(|| panic!("{name} in {data}")).to_owned();
        let email = body["email"].as_str().expect("text").to_owned();
        Enrolled { customer: text("customerId"), user: text("userId"), email, data: data.clone() }
    }

    /// What one signs in with.
    pub fn credentials(&self, email: &str, password: &str) -> Value {
        let tenant = &self.client.tenant;
        json!({"username": email, "password": password, "tenantKey": self.key, "tenantSecret": tenant.client_secret})
    }

    pub async fn try_sign_in(&self, who: &Enrolled, password: &str) -> Reply {
        let path = format!("{INDIVIDUAL}/{}/users/{}/sessions", who.customer, who.user);
        let body = self.credentials(&who.email, password).to_string().into_bytes();
        self.ask_raw(&[("x-tenant-id", &self.key)], "POST", &path, Some(body)).await
    }

    /// Signs in, and gives the session's token.
    pub async fn sign_in(&self, who: &Enrolled) -> String {
        let reply = self.try_sign_in(who, PASSWORD).await;
        assert_eq!(reply.status, 200, "{}", reply.text);
        reply.body["data"]["token"].as_str().expect("a token").to_owned()
    }

    /// Shows everything that a verification still asks for, as the customer.
    pub async fn show_documents(&self, token: &str, verification: &Value) {
        let id = verification["verificationId"].as_str().expect("an id");
        for document in verification["missingDocuments"].as_array().expect("a list") {
            let body = json!({"documentType": document, "fileName": "scan.pdf", "fileContent": "JVBERi0xLjcK",
                "mimeType": "application/pdf", "description": "a scan"});
            let reply =
                self.ask_as(token, "POST", &format!("/api/v2.1/verifications/{id}/documents"), Some(&body)).await;
            assert_eq!(reply.status, 200, "{}", reply.text);
        }
    }

    /// Takes a registered customer as far as the consents; gives the session's token and the verification's id.
    pub async fn verify(&self, who: &Enrolled) -> (String, String) {
        let token = self.sign_in(who).await;
        let path = format!("{INDIVIDUAL}/{}/verification/initiate", who.customer);
        let reply = self.ask_as(&token, "POST", &path, None).await;
        assert_eq!(reply.status, 200, "{}", reply.text);
        let verification = reply.body["data"].clone();
        self.show_documents(&token, &verification).await;
        let id = verification["verificationId"].as_str().expect("an id").to_owned();
        let reply = self.post(&format!("/api/v2.1/verifications/{id}/approve"), &json!({"approvedBy": "Ann"})).await;
        assert_eq!(reply.status, 200, "{}", reply.text);
        self.next_step(who, "GRANT_CONSENTS").await;
        (token, id)
    }

    /// Grants all three consents, as the customer.
    pub async fn consent(&self, who: &Enrolled, token: &str) {
        for kind in ["terms", "privacy", "data-processing"] {
            let path = format!("{INDIVIDUAL}/{}/consents/{kind}", who.customer);
            let reply = self.ask_as(token, "POST", &path, Some(&consent())).await;
            assert_eq!(reply.status, 200, "{}", reply.text);
        }
    }

    pub async fn activate(&self, who: &Enrolled) -> Reply {
        let body = json!({"activationReason": "All steps are done", "activatedBy": "Ann"});
        self.post(&format!("{INDIVIDUAL}/{}/activation", who.customer), &body).await
    }

    /// Waits until this comes next for the customer, and gives it.
    pub async fn next_step(&self, who: &Enrolled, next: &str) -> Value {
        eventually(&format!("{next} comes next"), async || {
            let customer = self.get(&format!("{INDIVIDUAL}/{}", who.customer)).await.body["data"].clone();
            (customer["nextStep"] == next).then_some(customer)
        })
        .await
    }
}

/// An agreement.
pub fn consent() -> Value {
    json!({"accepted": true, "version": "1.0", "acceptanceTimestamp": "2026-01-31T10:15:30Z"})
}

/// The published request.
pub fn published() -> Value {
    serde_json::from_str(PUBLISHED).expect("JSON")
}

/// The published request under another e-mail address.
pub fn person(email: &str) -> Value {
    let mut body = published();
    body["email"] = json!(email);
    body["individualCustomer"]["email"] = json!(email);
    body
}

/// Puts a value at a dotted path; removes what stands there when it is `null`.
pub fn put(body: &mut Value, path: &str, value: Value) {
    let pointer = format!("/{}", path.replace('.', "/"));
    let (parent, field) = pointer.rsplit_once('/').expect("a path");
    let parent = body.pointer_mut(parent).and_then(Value::as_object_mut).expect("an object");
    if value.is_null() { drop(parent.remove(field)) } else { drop(parent.insert(field.to_owned(), value)) }
}

/// The key of a tenant.
pub fn key_of(house: &House, tenant: &str) -> String {
    let listed = house.run_well(&["tenant", "list", "--json"]);
    let tenants = listed.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    let found = tenants.into_iter().find(|known| known["tenantId"] == tenant).expect("it is listed");
    found["tenantKey"].as_str().expect("text").to_owned()
}

/// The verification token of the newest mail to this address.
pub async fn mailed_token(outbox: &Path, email: &str) -> String {
    eventually(&format!("a mail to {email}"), async || {
        let mut mails: Vec<_> = std::fs::read_dir(outbox).ok()?.flatten().collect();
        mails.sort_by_key(|mail| mail.metadata().and_then(|data| data.modified()).ok());
        let texts = mails.iter().rev().filter_map(|mail| std::fs::read_to_string(mail.path()).ok());
        let mail = texts.into_iter().find(|text| text.contains(email))?;
        let hex = |word: &&str| word.len() == 64 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
        // A long line of a mail may be broken with an equals sign.
        let whole = mail.replace("=\r\n", "").replace("=\n", "");
        whole.split(|c: char| !c.is_ascii_alphanumeric()).find(hex).map(str::to_owned)
    })
    .await
}
