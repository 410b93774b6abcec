//! Lists that fetch themselves, and publishers that fail them: the list in force stays, its age shows, an alarm is raised.

// Several threads each: a command is waited for while the publisher answers it.

use std::io::Write;
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

use crate::house::{House, Tenant, eventually, http};
use crate::publisher::{Answer, Publisher, untrusted};
use crate::receiver::Receiver;

const OFAC_CHANGED: &str = "Core.Customer.Ofac.Changed";

/// A UN list of this day with these people.
fn un(day: &str, people: &[(&str, &str)]) -> Vec<u8> {
    let individual = |(number, (first, last)): (usize, &(&str, &str))| {
        format!(
            "<INDIVIDUAL><DATAID>{number}</DATAID><FIRST_NAME>{first}</FIRST_NAME><SECOND_NAME>{last}</SECOND_NAME>\
             <UN_LIST_TYPE>Example</UN_LIST_TYPE><INDIVIDUAL_DATE_OF_BIRTH><TYPE_OF_DATE>EXACT</TYPE_OF_DATE>\
             <DATE>1970-02-01</DATE></INDIVIDUAL_DATE_OF_BIRTH></INDIVIDUAL>\n"
        )
    };
    let individuals: String = people.iter().enumerate().map(individual).collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<CONSOLIDATED_LIST dateGenerated=\"{day}T23:00:04.625Z\">\
         <INDIVIDUALS>\n{individuals}</INDIVIDUALS><ENTITIES></ENTITIES></CONSOLIDATED_LIST>\n"
    )
    .into_bytes()
}

/// The list that is in force at first: twenty people.
fn first() -> Vec<u8> {
    let people: Vec<String> = (0..20).map(|number| format!("Musterperson{number}")).collect();
    let people: Vec<(&str, &str)> = people.iter().map(|last| ("Otto", last.as_str())).collect();
    un("2026-02-01", &people)
}

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(content).expect("into memory");
    packed.finish().expect("into memory")
}

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

/// How the UN's list stands.
fn status(house: &House) -> Value {
    lines(&house.run_well(&["lists", "status", "--json"])).into_iter().find(|list| list["list"] == "un").expect("known")
}

/// Has the running server fetch the UN's list from here, and waits until it has.
async fn fed(house: &House, publisher: &Publisher, flags: &[&str]) {
    let url = publisher.url();
    house.run_well(&[&["lists", "source", "add", "un", "--url", &url, "--private"], flags].concat());
    eventually("the list is fetched and in force", async || {
        house.log().contains("list.name=\"un\" list.entries").then_some(())
    })
    .await;
}

pub async fn advance(house: &House, by: &str) {
    let request = http().post(format!("{}/sandbox/clock", house.address())).body(format!(r#"{{"advance":"{by}"}}"#));
    assert_eq!(request.send().await.expect("answered").status(), 200);
}

/// What our own API says of a list.
async fn told(house: &House, tenant: &Tenant, list: &str) -> (u16, Value) {
    ours(house, tenant, &format!("/v1/lists/{list}")).await
}

async fn ours(house: &House, tenant: &Tenant, path: &str) -> (u16, Value) {
    let made = house.run_well(&["credential", "create", &tenant.id, "--kind", "api-key", "--json"]);
    let made: Value = serde_json::from_str(&made).expect("JSON");
    let key = made["apiKey"].as_str().or(made["secret"].as_str()).unwrap_or_else(|| panic!("{made}")).to_owned();
    let request = http().get(format!("{}{path}", house.address())).header("authorization", format!("Bearer {key}"));
    let reply = request.send().await.expect("answered");
    (reply.status().as_u16(), reply.json().await.expect("JSON"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_the_publisher_does_the_list_in_force_stays() {
    let publisher = Publisher::start(Answer::List(first())).await;
    let elsewhere = Publisher::start(Answer::Bare(first())).await;
    let house = House::open();
    fed(&house, &publisher, &["--every", "P1D", "--within", "PT3S", "--max-bytes", "64MiB"]).await;
    let before = status(&house);
    assert_eq!((&before["entries"], &before["publishedOn"]), (&json!(20), &json!("2026-02-01")));

    let half = first()[..first().len() / 2].to_vec();
    let many: Vec<String> = (0..2_000).map(|number| format!("Beispiel{number}")).collect();
    let many: Vec<(&str, &str)> = many.iter().map(|last| ("Anna", last.as_str())).collect();
    let whole = first();
    let http = |head: &str, body: &[u8]| Answer::Raw([b"HTTP/1.1 ", head.as_bytes(), b"\r\n\r\n", body].concat());
    let redirect = |to: &str| http(&format!("302 Found\r\nlocation: {to}\r\ncontent-length: 0"), b"");
    let to_metadata = redirect("http://169.254.169.254/latest/meta-data/");
    let elsewhere_url = elsewhere.url();
    let in_a_circle = redirect(&publisher.url());
    let page = b"<!DOCTYPE html><html><body>Down for maintenance</body></html>".to_vec();
    let too_long = format!("200 OK\r\ncontent-length: {}", whole.len() + 1_000);
    let table: Vec<(&str, Answer, &[&str])> = vec![
        ("truncated", Answer::Bare(half.clone()), &["format"]),
        (
            "truncated in its packing",
            Answer::With("content-encoding: gzip\r\n", gzip(&whole)[..200].to_vec()),
            &["damaged"],
        ),
        ("half-written", http(&too_long, &whole), &["protocol"]),
        ("wrong schema", Answer::Bare(b"<Sanctions><a/></Sanctions>".to_vec()), &["format"]),
        ("a page that is no list", Answer::Bare(page), &["format"]),
        ("empty", Answer::Bare(Vec::new()), &["empty"]),
        ("blank", Answer::Bare(b"\n\n".to_vec()), &["empty"]),
        ("a list of nobody", Answer::Bare(un("2026-03-01", &[])), &["empty"]),
        ("shrunk", Answer::Bare(un("2026-03-01", &[("Otto", "Musterperson1")])), &["shrunk"]),
        ("ten times the size", Answer::Bare(un("2026-03-01", &many)), &["grown"]),
        ("older than the last", Answer::Bare(un("2026-01-31", &many[..20])), &["older"]),
        ("redirect into the network", to_metadata, &["redirect"]),
        ("redirect to another private address", redirect(&elsewhere_url), &["redirect"]),
        ("redirect in a circle", in_a_circle, &["redirect"]),
        ("redirect to nowhere", http("302 Found\r\ncontent-length: 0", b""), &["redirect"]),
        ("gzip bomb", Answer::With("content-encoding: gzip\r\n", gzip(&vec![b' '; 48 << 20])), &["bomb"]),
        ("more than it may", Answer::With("content-encoding: gzip\r\n", gzip(&noise())), &["too_large"]),
        ("more announced than it may", http("200 OK\r\ncontent-length: 9999999999", b"<"), &["too_large"]),
        ("packed unasked", Answer::With("content-encoding: br\r\n", b"x".to_vec()), &["packing"]),
        ("slow drip", Answer::Drip, &["timeout"]),
        ("500", http("500 Internal Server Error\r\ncontent-length: 0", b""), &["status"]),
        ("404", http("404 Not Found\r\ncontent-length: 9", b"not found"), &["status"]),
        ("no HTTP", Answer::Raw(b"SSH-2.0-OpenSSH_9.2\r\n".to_vec()), &["protocol"]),
        ("nothing", Answer::Raw(Vec::new()), &["protocol", "connect"]),
    ];
    for (number, (what, answer, kinds)) in table.into_iter().enumerate() {
        publisher.answers(answer);
        let output = house.run(&["lists", "update", "un", "--json"]);
        assert!(!output.status.success(), "{what} is taken");
        let said = lines(&String::from_utf8_lossy(&output.stdout)).remove(0);
        assert!(kinds.iter().any(|kind| said["outcome"] == *kind), "{what}: {said}");
        let log = String::from_utf8_lossy(&output.stderr).into_owned();
        let alarm = ["alarm=\"list_refused\"", "alarm=\"list_not_fetched\""];
        assert!(alarm.iter().any(|alarm| log.contains(alarm)), "{what}: {log}");
        assert!(!log.contains(&publisher.address), "{what}: an address may be a secret: {log}");
        let now = status(&house);
        for same in ["version", "entries", "confirmedAt"] {
            assert_eq!(now[same], before[same], "{what}: {same}");
        }
        assert_eq!((&now["feed"]["failures"], &now["feed"]["error"]["kind"]), (&json!(number + 1), &said["outcome"]));
    }
    assert_eq!(elsewhere.asked(), 0, "nobody was called who is not allowed");

    let client = house.client().await;
    let (code, shown) = told(&house, &client.tenant, "un").await;
    assert_eq!((code, &shown["status"], &shown["version"]), (200, &json!("inForce"), &before["version"]));
    assert!(
        shown["ageSeconds"].is_number() && shown["feed"]["failures"].as_u64().is_some_and(|count| count > 20),
        "{shown}"
    );
    assert!(shown["feed"]["error"]["text"].is_string(), "{shown}");
    let ready = crate::house::http().get(format!("{}/readyz", house.address())).send().await.expect("answered");
    assert_eq!(ready.status(), 200, "an old list is not a sick server");
    let metrics = async |headers: &[(&'static str, &str)]| {
        let mut request = crate::house::http().get(format!("{}/metrics", house.address()));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let reply = request.send().await.expect("answered");
        (reply.status().as_u16(), reply.text().await.expect("text"))
    };
    let (code, page) = metrics(&[]).await;
    assert_eq!(code, 200);
    for line in ["vestibule_list_entities{list=\"un\"} 20", "vestibule_list_fetch_failing{list=\"un\"} 24"] {
        assert!(page.lines().any(|known| known == line), "{line}: {page}");
    }
    assert!(page.contains("vestibule_list_age_seconds{list=\"un\"} "), "{page}");
    assert_eq!(metrics(&[("x-forwarded-for", "8.8.8.8")]).await.0, 403);
    // The list in force is the one that is searched.
    house.run_well(&["tenant", "set", &client.tenant.id, "checks.person=sanctions"]);
    let listed = client.onboard(&client.person("Otto", "Musterperson7", "1970-02-01")).await;
    let searched = async || client.get(&format!("/core/v1/cm/customers/{listed}")).await.body["ofac"] == "Failed";
    eventually("he is found", async || searched().await.then_some(())).await;

    // And what is right is taken again, however it comes.
    let ours = format!("http://{}/lists/elsewhere.xml", publisher.address);
    publisher.answers(redirect(&ours));
    assert!(
        !house.run(&["lists", "update", "un"]).status.success(),
        "an ordinary redirect is followed, here in a circle"
    );
    publisher.answers(Answer::With("content-encoding: gzip\r\n", gzip(&whole)));
    let said = house.run_well(&["lists", "update", "un", "--json"]);
    assert_eq!(lines(&said)[0]["outcome"], "same");
    assert_eq!((&status(&house)["feed"]["failures"], &status(&house)["feed"]["error"]), (&json!(0), &Value::Null));
    publisher.answers(Answer::Bare(un("2026-03-01", &[("Otto", "Musterperson1")])));
    let forced = house.run_well(&["lists", "update", "un", "--force", "--json"]);
    assert_eq!((&lines(&forced)[0]["outcome"], &status(&house)["entries"]), (&json!("updated"), &json!(1)));
    let verified = house.run_well(&["lists", "verify", "--all", "--json"]);
    assert_eq!(lines(&verified).len(), 2, "both versions are kept: {verified}");
    assert!(lines(&verified).iter().all(|one| one["wrong"] == json!([])), "{verified}");
}

/// More than 64 MiB that hardly shrink, and unpack fast.
fn noise() -> Vec<u8> {
    let mut state = 1_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_be_bytes()
    };
    let piece: Vec<u8> = (0..64 * 1024).flat_map(|_| next()).collect();
    piece.repeat(130)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_listed_twice_is_kept_twice_and_a_redirect_at_home_is_followed() {
    let twice = String::from_utf8(first()).expect("text").replace("<DATAID>1</DATAID>", "<DATAID>0</DATAID>");
    let target = Publisher::start(Answer::List(twice.into_bytes())).await;
    let house = House::open();
    let url = format!("{}?token=5ec2e7", target.url());
    house.run_well(&["lists", "source", "add", "un", "--url", &url, "--private", "--header", "X-Token: 5ec2e7-header"]);
    eventually("the list is fetched and in force", async || house.log().contains("list.entries=20").then_some(()))
        .await;
    assert!(target.last_head().contains("x-token: 5ec2e7-header") && target.last_head().contains("?token=5ec2e7"));
    let status = status(&house);
    assert_eq!((&status["entries"], &status["defects"]), (&json!(20), &json!(1)));
    let sources =
        house.run_well(&["lists", "source", "list"]) + &house.run_well(&["lists", "source", "list", "--json"]);
    assert!(sources.contains("/lists/un.xml?..."), "{sources}");
    for told in [sources, house.log(), house.run_well(&["lists", "status", "--json"])] {
        assert!(!told.contains("5ec2e7"), "{told}");
    }
    // The same again costs a question, and no list.
    house.run_well(&["lists", "update", "un"]);
    assert!(target.last_head().contains("if-none-match"), "{}", target.last_head());
    let presets = house.run_well(&["lists", "source", "presets"]);
    assert!(presets.contains("scsanctions.un.org") && presets.contains("ofac-sdn-advanced"), "{presets}");
    for wrong in [
        vec!["lists", "source", "add", "moon"],
        vec!["lists", "source", "add", "un", "--url", "http://127.0.0.1:1/"],
        vec!["lists", "source", "add", "un", "--every", "PT1S"],
        vec!["lists", "source", "remove", "eu"],
        vec!["lists", "update", "eu"],
    ] {
        assert!(!house.run(&wrong).status.success(), "{wrong:?}");
    }
    house.run_well(&["lists", "source", "remove", "un"]);
    assert_eq!(house.run_well(&["lists", "source", "list", "--json"]), "");
    assert_eq!(crate::feeds::status(&house)["entries"], 20, "the list stays");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_publisher_that_cannot_show_who_it_is_is_not_believed() {
    let house = House::open();
    house.run_well(&["lists", "source", "add", "un", "--url", &untrusted(), "--private"]);
    let failed = eventually("it was tried", async || {
        let status = status(&house);
        (status["feed"]["failures"] != 0).then_some(status)
    })
    .await;
    assert_eq!((&failed["feed"]["error"]["kind"], &failed["entries"]), (&json!("tls"), &json!(0)));
    assert!(house.log().contains("alarm=\"list_not_fetched\""), "{}", house.log());
    let tenant = house.tenant(&[]);
    let (code, shown) = told(&house, &tenant, "un").await;
    assert_eq!((code, &shown["status"]), (200, &json!("missing")));
    assert_eq!(told(&house, &tenant, "eu").await.0, 404);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_publisher_that_says_304_for_ever_is_found_out_and_checks_become_unavailable() {
    let publisher = Publisher::start(Answer::List(first())).await;
    let house = House::open_with(&["--allow-private-callbacks", "--sandbox"]);
    fed(&house, &publisher, &["--every", "PT1H"]).await;
    let client = house.client().await;
    house.run_well(&["tenant", "set", &client.tenant.id, "checks.person=sanctions", "lists.maxAge=P3D"]);
    let clear = client.onboard(&client.person("Ann", "Lee", "1980-01-01")).await;
    eventually("she is clear", async || {
        let customer = client.get(&format!("/core/v1/cm/customers/{clear}")).await.body;
        (customer["ofac"] == "Clear").then_some(())
    })
    .await;

    publisher.answers(Answer::Raw(b"HTTP/1.1 304 Not Modified\r\nconnection: close\r\n\r\n".to_vec()));
    let asked = publisher.asked();
    advance(&house, "PT2H").await;
    eventually("it is asked", async || (publisher.asked() > asked).then_some(())).await;
    assert!(publisher.last_head().contains("if-none-match"));
    assert!(!house.log().contains("alarm="), "its word is believed for a day: {}", house.log());
    advance(&house, "P1D").await;
    eventually("the alarm", async || house.log().contains("error.kind=\"not_modified\"").then_some(())).await;
    assert!(!publisher.last_head().contains("if-none-match"), "{}", publisher.last_head());

    advance(&house, "P4D").await;
    let (_, shown) = told(&house, &client.tenant, "un").await;
    assert_eq!(shown["status"], "stale", "{shown}");
    assert!(shown["ageSeconds"].as_i64().is_some_and(|age| age > 4 * 86_400), "{shown}");
    // An old list clears nobody. It still finds.
    let token = house.client_of(client.tenant.clone()).await;
    let late = token.onboard(&token.person("Bea", "Lee", "1980-01-01")).await;
    let listed = token.onboard(&token.person("Otto", "Musterperson7", "1970-02-01")).await;
    eventually("the listed one is found", async || {
        let customer = token.get(&format!("/core/v1/cm/customers/{listed}")).await.body;
        (customer["ofac"] == "Failed").then_some(())
    })
    .await;
    let (_, waits) = ours(&house, &client.tenant, &format!("/v1/customers/{late}")).await;
    assert_eq!(waits["checks"][0]["state"], "unavailable", "{waits}");

    // The publisher comes to its senses: everybody who waited is screened.
    publisher.answers(Answer::List(first()));
    advance(&house, "PT2H").await;
    eventually("she is clear after all", async || {
        let customer = token.get(&format!("/core/v1/cm/customers/{late}")).await.body;
        (customer["ofac"] == "Clear").then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_designation_reaches_the_customers_webhook_in_under_a_minute() {
    let publisher = Publisher::start(Answer::List(first())).await;
    let receiver = Receiver::start().await;
    let house = House::open();
    fed(&house, &publisher, &["--every", "PT5S"]).await;
    let client = house.client().await;
    house.run_well(&["tenant", "set", &client.tenant.id, "checks.person=sanctions"]);
    let wish = json!({"eventName": OFAC_CHANGED, "registrationType": "Push", "callbackUrl": receiver.url});
    assert_eq!(client.post("/webhooks/v1/registrations", &wish).await.status, 200);
    let id = client.onboard(&client.person("Timur", "Kasimov", "1970-02-01")).await;
    eventually("he is clear", async || {
        let customer = client.get(&format!("/core/v1/cm/customers/{id}")).await.body;
        (customer["ofac"] == "Clear").then_some(())
    })
    .await;
    let told = receiver.events(OFAC_CHANGED, 1).await.len();
    let listed = String::from_utf8(first())
        .expect("text")
        .replace("Otto</FIRST_NAME><SECOND_NAME>Musterperson3<", "Timur</FIRST_NAME><SECOND_NAME>Kasimov<");
    let published = Instant::now();
    publisher.answers(Answer::List(listed.into_bytes()));
    receiver.events(OFAC_CHANGED, told + 1).await;
    let took = published.elapsed();
    println!("from publication to the webhook: {took:?}");
    assert!(took < Duration::from_secs(60), "{took:?}");
    let customer = client.get(&format!("/core/v1/cm/customers/{id}")).await.body;
    assert_eq!(customer["ofac"], "Failed");
}
