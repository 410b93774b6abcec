//! Documents: put to a person, kept sealed, and harmless whatever they hold.

use serde_json::{Value, json};

use super::vendor::{Vendor, person, steps};
use crate::house::{House, Reply};

/// The specimen of ICAO Doc 9303 part 4, with the holder's birth date and names as they are printed there.
pub const MRZ: &str = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10";

pub fn png(width: u32, height: u32, more: &[u8]) -> Vec<u8> {
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut chunk = |kind: &[u8], body: &[u8]| {
        png.extend_from_slice(&u32::try_from(body.len()).expect("small").to_be_bytes());
        png.extend_from_slice(kind);
        png.extend_from_slice(body);
        png.extend_from_slice(&[0; 4]);
    };
    let size = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[8, 2, 0, 0, 0]].concat();
    chunk(b"IHDR", &size);
    chunk(b"IDAT", b"no picture is looked at");
    chunk(b"IEND", b"");
    png.extend_from_slice(more);
    png
}

/// The parts of a whole upload.
pub fn parts<'p>(id: &'p str, file: &'p [u8]) -> Vec<(&'p str, &'p [u8])> {
    vec![
        ("document", file),
        ("side", b"front"),
        ("customerId", id.as_bytes()),
        ("documentType", b"passport"),
        ("issuingCountry", b"FRA"),
    ]
}

pub async fn upload(vendor: &Vendor<'_>, parts: &[(&str, &[u8])]) -> Reply {
    let mut body = Vec::new();
    for (name, content) in parts {
        let head = format!("--b-o-u-n-d\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"x\"\r\n\r\n");
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(content);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--b-o-u-n-d--\r\n");
    vendor.bytes("/document", body, "multipart/form-data; boundary=b-o-u-n-d").await
}

#[tokio::test]
async fn a_person_decides_on_a_document_and_its_file_is_kept_sealed() {
    let house = House::open();
    house.sample_list().await;
    let vendor = Vendor::of(&house).await;
    let answer = vendor.onboard(&person(1)).await;
    let id = answer["customerId"].as_str().expect("an id");
    vendor.told(&answer["customerId"], 3).await;
    let marker = b"a-picture-nobody-may-read-on-the-disk";
    let mut file = png(800, 600, b"");
    let at = file.len() - 12;
    // A text chunk before the end, to be looked for on the disk.
    let mut chunk = u32::try_from(marker.len()).expect("small").to_be_bytes().to_vec();
    chunk.extend_from_slice(b"tEXt");
    chunk.extend_from_slice(marker);
    chunk.extend_from_slice(&[0; 4]);
    file.splice(at..at, chunk);
    let reply = upload(&vendor, &parts(id, &file)).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    assert_eq!((&reply.body["event"], &reply.body["errors"]), (&json!("evaluation"), &json!([])));
    assert_eq!(reply.body["evaluation"], json!({"type": "document", "status": "initiated"}));
    let told = vendor.told(&answer["customerId"], 5).await;
    assert_eq!(steps(&told)[3..], ["evaluation document initiated", "evaluation document in_progress"]);
    let cases = house.run_well(&["case", "list", "--json"]);
    let case: Value = serde_json::from_str(cases.lines().next().expect("a case")).expect("JSON");
    let case = case["case"].as_str().expect("an id");
    house.run_well(&["case", "decide", case, "accepted", "--reason", "Looks right.", "--by", "Ann"]);
    let told = vendor.told(&answer["customerId"], 6).await;
    let last = &told[5];
    assert_eq!((&last["requestId"], &last["evaluation"]["status"]), (&reply.body["requestId"], &json!("completed")));
    let tags = last["validation"]["warningTags"].as_array().expect("a list, where a document is in it");
    assert_eq!(tags.len(), 17);
    assert!(tags.iter().filter(|tag| tag["isDoc"] == true).all(|tag| tag["passed"] == true), "{last}");
    assert_eq!(last["validation"]["kycBreakdown"]["documentBreakdown"]["image_integrity"]["passed"], true);
    let history = vendor.get(&format!("/history/kyc/{id}")).await.body;
    assert_eq!(
        (&history["active"]["type"], &history["active"]["documentType"], &history["active"]["outcome"]),
        (&json!("document"), &json!("passport"), &json!("PASSED"))
    );
    for entry in std::fs::read_dir(house.data()).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_file() {
            let bytes = std::fs::read(&path).expect("readable");
            assert!(!bytes.windows(marker.len()).any(|window| window == marker), "{}", path.display());
        }
    }
}

#[tokio::test]
async fn what_the_machine_readable_zone_contradicts_is_warned_of() {
    let house = House::open();
    house.sample_list().await;
    let vendor = Vendor::of(&house).await;
    let answer = vendor.onboard(&person(2)).await;
    let id = answer["customerId"].as_str().expect("an id");
    vendor.idle(&answer["customerId"]).await;
    let file = png(800, 600, b"");
    let mut parts = parts(id, &file);
    parts.push(("mrz", MRZ.as_bytes()));
    assert_eq!(upload(&vendor, &parts).await.status, 200);
    let cases = house.run_well(&["case", "list", "--json"]);
    let case: Value = serde_json::from_str(cases.lines().next().expect("a case")).expect("JSON");
    house.run_well(&[
        "case",
        "decide",
        case["case"].as_str().expect("an id"),
        "accepted",
        "--reason",
        "?",
        "--by",
        "Ann",
    ]);
    let customer = vendor.idle(&answer["customerId"]).await;
    let document = &customer["validation"]["kycBreakdown"]["documentBreakdown"];
    // What a machine found out stays so, whatever a person says of the picture: expired, and somebody else's.
    assert_eq!(document["data_validation"]["tags"]["not_expired"]["passed"], false, "{document}");
    assert_eq!(document["data_comparison"]["passed"], false);
    assert_eq!(document["data_consistency"]["tags"]["mrz_check_digits"]["passed"], true);
    assert_eq!(customer["validation"]["kyc"], "REVIEW");
}

#[tokio::test]
async fn a_document_bomb_harms_nothing() {
    let house = House::open();
    house.sample_list().await;
    let vendor = Vendor::of(&house).await;
    let answer = vendor.onboard(&person(3)).await;
    let id = answer["customerId"].as_str().expect("an id");
    vendor.idle(&answer["customerId"]).await;
    let before = vendor.customer(&answer["customerId"]).await;
    let zip = b"PK\x03\x04 a bomb of zeroes".to_vec();
    let pdf = |body: &str| format!("%PDF-1.7\n{body}\nstartxref\n9\n%%EOF\n").into_bytes();
    let bombs: Vec<(&str, Vec<u8>)> = vec![
        ("a zip", zip.clone()),
        ("a picture of billions of pixels", png(60_000, 60_000, b"")),
        ("a picture of no pixels", png(0, 10, b"")),
        ("a picture and a zip", png(800, 600, &zip)),
        ("a picture cut short", png(800, 600, b"")[..40].to_vec()),
        ("a page that runs", pdf("<< /OpenAction << /S /JavaScript /JS (app.alert(1)) >> >>")),
        ("a page that runs, hidden", pdf("<< /Open#41ction << /S /Java#53cript >> >>")),
        ("a program", b"MZ\x90\0".to_vec()),
        ("markup", b"<svg onload=alert(1)>".to_vec()),
    ];
    for (what, file) in &bombs {
        let reply = upload(&vendor, &parts(id, file)).await;
        assert_eq!((reply.status, &reply.body["message"]), (400, &json!("Invalid document")), "{what}: {}", reply.text);
    }
    let large = vec![0; 11 * 1024 * 1024];
    assert_eq!(upload(&vendor, &parts(id, &large)).await.status, 413);
    let file = png(800, 600, b"");
    for missing in ["document", "side", "customerId", "documentType", "issuingCountry"] {
        let parts: Vec<_> = parts(id, &file).into_iter().filter(|(name, _)| *name != missing).collect();
        let reply = upload(&vendor, &parts).await;
        let told = json!({"code": "MISSING_DATA", "message": format!("Missing data: {missing}")});
        assert_eq!((reply.status, &reply.body), (400, &told));
    }
    for (field, value, message) in [
        ("side", "top", "Invalid side"),
        ("customerId", "x", "Invalid customer ID."),
        ("documentType", "id_card", "Invalid documentType"),
        ("documentType", "driving_licence", "Invalid issuingCountry"),
        ("issuingCountry", "FR", "Invalid issuingCountry"),
        ("issuingCountry", "ZZZ", "Invalid issuingCountry"),
    ] {
        let mut parts = parts(id, &file);
        parts.retain(|(name, _)| *name != field);
        parts.push((field, value.as_bytes()));
        let reply = upload(&vendor, &parts).await;
        assert_eq!((reply.status, &reply.body["message"]), (400, &json!(message)), "{field}={value}");
    }
    let nobody = upload(&vendor, &parts("9052b6a5-3f09-41d1-b526-ade80104eb79", &file)).await;
    assert_eq!(nobody.status, 404);
    let reply = vendor.bytes("/document", b"{}".to_vec(), "application/json").await;
    assert_eq!((reply.status, &reply.body["message"]), (400, &json!("Invalid body")));
    assert_eq!(vendor.customer(&answer["customerId"]).await, before);
}

#[tokio::test]
async fn the_sandbox_promises_outcomes_of_documents() {
    let house = House::open();
    let vendor = Vendor::sandbox(&house).await;
    let file = png(800, 600, b"");
    for (number, (id, passed)) in (1..).zip([("documentUpload-pass", true), ("documentUpload-warn", false)]) {
        let mut body = person(number);
        body["externalId"] = json!(id);
        let answer = vendor.onboard(&body).await;
        vendor.idle(&answer["customerId"]).await;
        let reply = upload(&vendor, &parts(answer["customerId"].as_str().expect("an id"), &file)).await;
        assert_eq!(reply.status, 200, "{}", reply.text);
        let told = vendor.told(&answer["customerId"], 6).await;
        assert_eq!(steps(&told)[5], "evaluation document completed");
        let tags = told[5]["validation"]["warningTags"].as_array().expect("a list");
        assert!(tags.iter().filter(|tag| tag["isDoc"] == true).all(|tag| tag["passed"] == passed), "{id}");
    }
}

#[tokio::test]
async fn who_is_in_doubt_is_put_to_a_person_who_lets_in_or_not() {
    let house = House::open();
    house.sample_list().await;
    let vendor = Vendor::of(&house).await;
    for (number, ssn, outcome, status, kyc) in
        [(11, "000-12-3456", "accepted", "APPROVED", "PASSED"), (12, "666-12-3457", "refused", "REJECTED", "REJECTED")]
    {
        let mut body = person(number);
        body["officialId"]["value"] = json!(ssn);
        body["includeFraudCheck"] = json!(true);
        let answer = vendor.onboard(&body).await;
        assert_eq!(vendor.idle(&answer["customerId"]).await["validation"]["kyc"], "REVIEW");
        vendor.told(&answer["customerId"], 6).await;
        let cases = house.run_well(&["case", "list", "--json"]);
        let case: Value = serde_json::from_str(cases.lines().next().expect("a case")).expect("JSON");
        let case = case["case"].as_str().expect("an id");
        house.run_well(&["case", "decide", case, outcome, "--reason", "Asked her.", "--by", "Ann"]);
        let last = vendor.told(&answer["customerId"], 7).await[6].clone();
        assert_eq!((&last["event"], last.get("requestId")), (&json!("onboard"), None));
        assert_eq!(
            (&last["validation"]["status"], &last["validation"]["kyc"]),
            (&json!(status), &json!(kyc)),
            "{last}"
        );
    }
}
