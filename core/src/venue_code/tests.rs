use super::*;

#[test]
fn codes_are_read_however_they_are_typed() {
    let code = code(&[0x5a; 16]);
    assert_eq!(code.len(), SYMBOLS);
    for typed in [code.clone(), code.to_lowercase(), grouped(&code)] {
        assert_eq!(normalized(&typed).as_deref(), Some(code.as_str()), "{typed}");
    }
    for wrong in ["", "-", &code[1..], &format!("{code}0"), &"-".repeat(60), &"U".repeat(26), "../../etc/passwd"] {
        assert_eq!(normalized(wrong), None, "{wrong}");
    }
    assert_eq!(grouped("ABCDEFGHJKMNPQRSTVWXYZ0123"), "ABCDE-FGHJK-MNPQR-STVWX-YZ0123");
}

#[test]
fn links_begin_with_the_tenants_address() {
    let (event, venue) = (Uuid::from_u128(1), Uuid::from_u128(2));
    assert_eq!(link_base(" https://club.example/app// ").as_deref(), Ok("https://club.example/app"));
    assert_eq!(
        link("https://club.example", Some(event), venue, "C"),
        format!("https://club.example/wallet/{event}/{venue}?code=C")
    );
    assert_eq!(link("https://club.example", None, venue, "C"), format!("https://club.example/wallet/{venue}?code=C"));
    let long = format!("https://club.example/{}", "x".repeat(200));
    for wrong in [
        "http://club.example",
        "https://",
        "javascript:alert(1)",
        "//club.example",
        "https://a@club.example",
        "https://club.example?x=",
        "https://club.example/#",
        "https://club.example/\r\nSet-Cookie: a",
        &long,
        "",
    ] {
        assert!(link_base(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn states_follow_the_clock() {
    let at = |second: i64| Timestamp::from_second(second).ok();
    let now = Timestamp::UNIX_EPOCH;
    assert_eq!(state(now, None, None), VenueCodeState::Active);
    assert_eq!(state(now, at(1), None), VenueCodeState::Active);
    assert_eq!(state(now, at(0), None), VenueCodeState::Expired);
    assert_eq!(state(now, at(0), at(-1)), VenueCodeState::Revoked);
    assert!(copies(Some(0)).is_err() && copies(Some(1_001)).is_err() && copies(None) == Ok(1));
}
