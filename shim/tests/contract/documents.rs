//! Health, metrics, OpenAPI, the documentation page, error pages and headers.

use admit_core::ErrorCode;
use admit_core::registry::COMMANDS;

use crate::client::Shim;

#[tokio::test]
async fn health_tells_process_and_database_apart() {
    let shim = Shim::start(&[]).await;
    assert_eq!(shim.get("/livez").await.status, 200);
    let ready = shim.get("/readyz").await;
    assert_eq!((ready.status.as_u16(), ready.problem().as_str()), (503, "unavailable"));
    let metrics = shim.get("/metrics").await;
    assert_eq!(metrics.status, 200);
    for line in [
        "admit_db_up 0",
        "admit_http_requests_total{command=\"other\",status=\"503\"} 1",
        "# TYPE admit_http_connections gauge",
    ] {
        assert!(metrics.text().contains(line), "{line}\n{}", metrics.text());
    }
    shim.stop().await;
}

#[tokio::test]
async fn openapi_covers_every_command() {
    let shim = Shim::start(&[]).await;
    let answer = shim.get("/openapi.json").await;
    assert_eq!(answer.header("content-type"), "application/json");
    let document = answer.json();
    assert_eq!(document["openapi"], "3.1.0");
    for command in COMMANDS {
        let operation = &document["paths"][command.path][command.method.as_str().to_ascii_lowercase()];
        assert_eq!(operation["operationId"], command.name.replace('.', "_"));
    }
    for path in [
        "/livez",
        "/readyz",
        "/metrics",
        "/errors",
        "/errors/{name}",
        "/webhooks/{provider}/{tenant_id}",
        "/v1/events/{event_id}/live/stream",
        "/v1/events/{event_id}/manifest/stream",
    ] {
        assert!(document["paths"][path].is_object(), "{path}");
    }
    shim.stop().await;
}

#[tokio::test]
async fn the_page_is_complete_and_loads_nothing_from_elsewhere() {
    let shim = Shim::start(&[]).await;
    let answer = shim.get("/docs").await;
    assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
    assert!(answer.header("content-security-policy").starts_with("default-src 'none'; style-src 'self'"));
    let page = answer.text();
    for command in COMMANDS {
        assert!(page.contains(&format!("<section id=\"{}\">", command.name.replace('.', "_"))), "{}", command.name);
        assert!(page.contains(&format!("<code>{}</code></h3>", command.path)), "{}", command.path);
    }
    for foreign in ["http://", "https://", "src=\"//", "<script", "style=", "javascript:"] {
        assert!(!page.contains(foreign), "{foreign}");
    }
    let links = page.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    for link in links {
        match link.strip_prefix('#') {
            Some(id) => assert!(page.contains(&format!("id=\"{id}\"")), "{link}"),
            None => assert!(link.starts_with('/'), "{link}"),
        }
    }
    assert_eq!(shim.get("/docs/style.css").await.header("content-type"), "text/css; charset=utf-8");
    shim.stop().await;
}

#[tokio::test]
async fn every_error_has_its_page() {
    let shim = Shim::start(&[]).await;
    let list = shim.get("/errors").await;
    for code in ErrorCode::ALL {
        assert!(list.text().contains(code.name()));
        let page = shim.get(&format!("/errors/{}", code.name())).await;
        assert_eq!(page.status, 200);
        assert!(page.text().contains(code.title()) && page.text().contains(code.sqlstate()));
    }
    assert_eq!(shim.get("/errors/nonsense").await.problem(), "not_found");
    shim.stop().await;
}

#[tokio::test]
async fn every_answer_carries_its_headers() {
    let shim = Shim::start(&[("ADMIT_HSTS", "1")]).await;
    for path in ["/livez", "/v1/venues", "/nothing", "/docs"] {
        let answer = shim.send("GET", path, &[("x-request-id", "mine-1")], "").await;
        for (name, value) in [
            ("x-request-id", "mine-1"),
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "no-referrer"),
            ("strict-transport-security", "max-age=31536000"),
        ] {
            assert_eq!(answer.header(name), value, "{path}");
        }
        assert!(answer.header("content-security-policy").contains("frame-ancestors 'none'"));
    }
    assert_eq!(shim.get("/v1/venues").await.header("cache-control"), "no-store");
    assert_eq!(shim.get("/livez").await.header("x-request-id").len(), 36);
    shim.stop().await;
}
