//! Routes, credentials, bodies and keys.

use admit_core::credential::{SecretCredential, SecretKind};
use admit_core::registry::{Access, COMMANDS, Repeat};

use crate::client::Shim;

const UUID: &str = "0199c0de-0000-7000-8000-000000000001";
const JSON: (&str, &str) = ("content-type", "application/json");

fn bearer() -> String {
    let secret = SecretCredential { kind: SecretKind::ApiKey, tenant_id: 1, id: uuid::Uuid::nil(), secret: [7; 16] };
    format!("Bearer {}", secret.encode())
}

/// A path with a value in each field.
fn concrete(path: &str) -> String {
    let segments = path.split('/').map(|segment| match segment {
        // The only one that is a number.
        "{key_id}" => "1",
        field if field.starts_with('{') => UUID,
        segment => segment,
    });
    segments.collect::<Vec<_>>().join("/")
}

#[tokio::test]
async fn every_command_has_its_route_and_wants_its_credential() {
    let shim = Shim::start(&[]).await;
    for command in COMMANDS {
        let answer = shim.send(command.method.as_str(), &concrete(command.path), &[], "").await;
        match command.access {
            Access::Role => {
                assert_eq!(
                    (answer.status.as_u16(), answer.problem().as_str()),
                    (401, "unauthenticated"),
                    "{}",
                    command.name
                );
                assert_eq!(answer.header("www-authenticate"), "Bearer");
            }
            Access::Public => assert_eq!(answer.problem(), "unavailable", "{}", command.name),
        }
    }
    shim.stop().await;
}

#[tokio::test]
async fn every_command_reaches_for_the_database() {
    let shim = Shim::start(&[]).await;
    let bearer = bearer();
    for command in COMMANDS {
        let headers = [("authorization", bearer.as_str()), ("idempotency-key", UUID)];
        let answer = shim.send(command.method.as_str(), &concrete(command.path), &headers, "").await;
        assert_eq!((answer.status.as_u16(), answer.problem().as_str()), (503, "unavailable"), "{}", command.name);
        assert_eq!(answer.header("retry-after"), "1");
        assert!(!answer.text().contains("127.0.0.1"), "inside: {}", answer.text());
    }
    shim.stop().await;
}

#[tokio::test]
async fn keys_are_required_and_checked() {
    let shim = Shim::start(&[]).await;
    let bearer = bearer();
    let credential = ("authorization", bearer.as_str());
    for command in COMMANDS {
        let answer = shim.send(command.method.as_str(), &concrete(command.path), &[credential], "").await;
        let expected = match command.repeat {
            Repeat::Key | Repeat::Nonce => "idempotency_key_missing",
            Repeat::Read | Repeat::Natural => "unavailable",
        };
        assert_eq!(answer.problem(), expected, "{}", command.name);
    }
    let scan = |key: &'static str, body: &'static str| {
        let (shim, headers) = (&shim, [credential, JSON, ("idempotency-key", key)]);
        async move { shim.send("POST", "/v1/scans", &headers, body).await.problem() }
    };
    assert_eq!(scan("no-uuid", "{}").await, "invalid_request");
    assert_eq!(scan(UUID, "{\"nonce\":\"0199c0de-0000-7000-8000-000000000002\"}").await, "invalid_request");
    assert_eq!(scan(UUID, "{\"nonce\":\"0199C0DE-0000-7000-8000-000000000001\"}").await, "unavailable");
    assert_eq!(scan("\"0199c0de-0000-7000-8000-000000000001\"", "{}").await, "unavailable");
    shim.stop().await;
}

#[tokio::test]
async fn bodies_that_cannot_be_are_refused_before_the_database() {
    let shim = Shim::start(&[]).await;
    let bearer = bearer();
    let key = ("idempotency-key", UUID);
    let post = |content_type: Option<&'static str>, body: Vec<u8>| {
        let mut headers = vec![("authorization", bearer.as_str()), key];
        headers.extend(content_type.map(|content_type| ("content-type", content_type)));
        let shim = &shim;
        async move { shim.send("POST", "/v1/venues", &headers, body).await.problem() }
    };
    let json = Some("application/json");
    assert_eq!(post(json, b"{\"name\":\"a\"}".to_vec()).await, "unavailable");
    assert_eq!(post(json, b"{\"name\":".to_vec()).await, "invalid_request");
    assert_eq!(post(json, b"[]".to_vec()).await, "invalid_request");
    assert_eq!(post(json, b"{\"name\":\"\xff\"}".to_vec()).await, "invalid_request");
    assert_eq!(post(None, b"{}".to_vec()).await, "unsupported_media_type");
    assert_eq!(post(Some("text/plain"), b"{}".to_vec()).await, "unsupported_media_type");
    assert_eq!(post(json, vec![b' '; 65_537]).await, "payload_too_large");
    assert_eq!(post(json, vec![b' '; 900_000]).await, "payload_too_large");
    shim.stop().await;
}

#[tokio::test]
async fn fields_come_once() {
    let shim = Shim::start(&[]).await;
    let bearer = bearer();
    let credential = ("authorization", bearer.as_str());
    let path = format!("/v1/venues/{UUID}");
    let twice = shim.send("PATCH", &path, &[credential, JSON], format!("{{\"venue_id\":\"{UUID}\"}}")).await;
    assert_eq!(twice.problem(), "invalid_request");
    let typed = shim.send("GET", "/v1/venues?limit=ten", &[credential], "").await;
    assert!(typed.text().contains("limit must be a whole number"), "{}", typed.text());
    let bound = shim.send("POST", &format!("/wallet/{UUID}/{UUID}?binding=0123456789abcdef"), &[], "").await;
    assert_eq!(bound.problem(), "unavailable");
    shim.stop().await;
}

#[tokio::test]
async fn public_commands_follow_the_host() {
    let shim = Shim::start(&[("ADMIT_PUBLIC_TENANTS", "tickets.example=2")]).await;
    assert_eq!(shim.get("/.well-known/jwks.json").await.problem(), "unavailable");
    let elsewhere = shim.send("GET", "http://other.example/.well-known/jwks.json", &[], "").await;
    assert_eq!(elsewhere.problem(), "not_found");
    shim.stop().await;
}

#[tokio::test]
async fn what_has_no_route_is_a_problem_too() {
    let shim = Shim::start(&[]).await;
    assert_eq!(shim.get("/v1/nothing").await.problem(), "not_found");
    assert_eq!(shim.get("/v1/venues/%ff").await.problem(), "unauthenticated");
    let wrong = shim.send("PUT", "/v1/scans", &[], "").await;
    assert_eq!((wrong.status.as_u16(), wrong.problem().as_str()), (405, "method_not_allowed"));
    assert!(wrong.header("allow").contains("POST"), "{wrong:?}");
    for path in ["/webhooks/nobody/1", "/webhooks/stripe/0", "/webhooks/stripe/x"] {
        assert_eq!(shim.send("POST", path, &[], "{}").await.problem(), "not_found");
    }
    assert_eq!(shim.send("POST", "/webhooks/stripe/1", &[], vec![b'x'; 524_289]).await.problem(), "payload_too_large");
    assert_eq!(shim.send("POST", "/webhooks/stripe/1", &[], "not json").await.problem(), "unavailable");
    shim.stop().await;
}

#[tokio::test]
async fn live_streams_want_a_credential_and_room() {
    let shim = Shim::start(&[]).await;
    let (path, bearer) = (format!("/v1/events/{UUID}/live/stream"), bearer());
    let credential = [("authorization", bearer.as_str())];
    for topic in ["live", "manifest"] {
        let of = |event: &str| format!("/v1/events/{event}/{topic}/stream");
        assert_eq!(shim.get(&of(UUID)).await.problem(), "unauthenticated");
        assert_eq!(shim.send("GET", &of("x"), &credential, "").await.problem(), "invalid_request");
        assert_eq!(shim.send("GET", &of(UUID), &credential, "").await.problem(), "unavailable");
    }
    shim.stop().await;
    let full = Shim::start(&[("ADMIT_STREAMS_MAX", "0")]).await;
    let refused = full.send("GET", &path, &credential, "").await;
    assert!(refused.text().contains("too many live streams"), "{}", refused.text());
    full.stop().await;
}
