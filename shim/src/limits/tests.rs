use super::*;

const CLIENT: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));

fn limits(variables: &[(&str, &str)]) -> Option<Limits> {
    let config = Config::read(|name| match name {
        "ADMIT_DATABASE_URL" => Some("host=db".to_owned()),
        _ => variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned()),
    });
    config.ok().map(|config| Limits::new(&config))
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

#[test]
fn a_used_up_limit_is_refused_and_told() {
    let Some(limits) = limits(&[("ADMIT_RATE_PER_IP", "2/60"), ("ADMIT_RATE_PER_CREDENTIAL", "10/60")]) else {
        panic!("the configuration is valid");
    };
    let first = limits.take(Class::Api, CLIENT, Some(b"AK1")).unwrap_or_default();
    assert_eq!(text(&first, &RATELIMIT_POLICY), r#""ip";q=2;w=60, "credential";q=10;w=60"#);
    assert_eq!(text(&first, &RATELIMIT), r#""ip";r=1;t=30, "credential";r=9;t=6"#);
    assert!(limits.take(Class::Api, CLIENT, Some(b"AK1")).is_ok());
    let Err(exceeded) = limits.take(Class::Api, CLIENT, Some(b"AK1")) else {
        panic!("the third request is over the limit");
    };
    assert_eq!((exceeded.policy, exceeded.problem.code), ("ip", ErrorCode::RateLimited));
    assert!(exceeded.problem.retry_after_seconds.is_some_and(|seconds| (1..=30).contains(&seconds)));
    assert!(text(&exceeded.headers, &RATELIMIT).starts_with(r#""ip";r=0;t="#));
    assert!(limits.take(Class::Unlimited, CLIENT, None).is_ok_and(|headers| headers.is_empty()));
    assert!(limits.take(Class::Webhook, CLIENT, None).is_ok());
    assert!(limits.take(Class::Api, IpAddr::from([192, 0, 2, 2]), None).is_ok());
}

#[test]
fn no_limit_means_no_header() {
    let limits = limits(&[("ADMIT_RATE_PER_IP", "0"), ("ADMIT_RATE_PER_CREDENTIAL", "0")]);
    let headers = limits.map(|limits| limits.take(Class::Api, CLIENT, Some(b"AK1")).unwrap_or_default());
    assert!(headers.is_some_and(|headers| headers.is_empty()));
}

#[test]
fn an_ipv6_network_is_one_client() {
    let network = |text: &str| text.parse().map(super::network).ok();
    assert_eq!(network("2001:db8::1"), network("2001:db8::ffff"));
    assert_ne!(network("2001:db8::1"), network("2001:db8:0:1::1"));
    assert_eq!(network("::ffff:192.0.2.1"), network("192.0.2.1"));
    assert_ne!(network("::1"), network("0.0.0.1"));
}

#[test]
fn only_trusted_proxies_are_believed() {
    let headers = |lists: &[&'static str]| -> HeaderMap {
        lists.iter().map(|list| (HeaderName::from_static("x-forwarded-for"), HeaderValue::from_static(list))).collect()
    };
    let seen = |lists, proxies| client(&headers(lists), CLIENT, proxies).to_string();
    assert_eq!(seen(&["203.0.113.9"], 0), "192.0.2.1");
    assert_eq!(seen(&["1.1.1.1, 203.0.113.9"], 1), "203.0.113.9");
    assert_eq!(seen(&["1.1.1.1, 203.0.113.9", "10.0.0.1"], 2), "203.0.113.9");
    assert_eq!(seen(&["203.0.113.9"], 3), "192.0.2.1");
    assert_eq!(seen(&["203.0.113.9:4711"], 1), "203.0.113.9");
    assert_eq!(seen(&["[2001:db8::1]:443"], 1), "2001:db8::1");
    assert_eq!(seen(&["unknown"], 1), "192.0.2.1");
    assert_eq!(seen(&[], 1), "192.0.2.1");
}
