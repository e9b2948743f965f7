//! Branding: how an organizer shows itself to buyers. Data alone; pages are the clients' own.

use jiff::Timestamp;
use uuid::Uuid;

use crate::message::{answers, requests};
use crate::payment::outgoing::return_url;
use crate::venue::{optional_text, required_text};
use crate::{Error, Result};

/// A longer display name fits no header of a page.
const NAME_CHARACTERS_MAX: usize = 100;
/// A longer description is an event's.
const DESCRIPTION_CHARACTERS_MAX: usize = 1_000;
/// No address that mail can be sent to is longer (RFC 5321).
const EMAIL_BYTES_MAX: usize = 254;
/// What stands before the @ is at most this long (RFC 5321).
const EMAIL_LOCAL_BYTES_MAX: usize = 64;

requests! {
    /// Sets how an organizer, or the tenant itself, shows itself to buyers. What is absent is taken away.
    pub struct BrandingSet {
        /// The account that the organizer's ticket sales go to; the tenant's own branding when absent.
        pub organizer_account_id: Option<Uuid>,
        /// The name that buyers see. 1 to 100 characters.
        pub display_name: String,
        /// In a few words. At most 1,000 characters.
        pub description: Option<String>,
        /// Logo for light backgrounds: an https address of at most 2,048 bytes.
        pub logo_url: Option<String>,
        /// Logo for dark backgrounds, in the same way.
        pub logo_dark_url: Option<String>,
        /// Picture for the head of a page, in the same way.
        pub banner_url: Option<String>,
        /// Colour of buttons and the like: #rrggbb, red, green and blue in hexadecimal digits.
        pub accent_color: Option<String>,
        /// Colour of text on it, in the same way.
        pub accent_text_color: Option<String>,
        /// Where buyers ask for help.
        pub support_email: Option<String>,
        /// A page for buyers who need help: an https address of at most 2,048 bytes.
        pub support_url: Option<String>,
    }

    /// Reads how an organizer shows itself to buyers: of an event its organizer's branding, or the
    /// tenant's where that has none; the tenant's own when nothing is named.
    pub struct BrandingGet {
        /// The event whose buyers see it; not together with organizer_account_id.
        pub event_id: Option<Uuid>,
        /// The organizer whose own it is; not together with event_id.
        pub organizer_account_id: Option<Uuid>,
    }
}

answers! {
    /// How an organizer, or the tenant itself, shows itself to buyers.
    pub struct BrandingView {
        /// Whose it is; `null` for the tenant's own.
        pub organizer_account_id: Option<Uuid>,
        /// The name that buyers see.
        pub display_name: String,
        /// In a few words.
        pub description: Option<String>,
        /// Logo for light backgrounds.
        pub logo_url: Option<String>,
        /// Logo for dark backgrounds.
        pub logo_dark_url: Option<String>,
        /// Picture for the head of a page.
        pub banner_url: Option<String>,
        /// Colour of buttons and the like, as #rrggbb in lower case.
        pub accent_color: Option<String>,
        /// Colour of text on it, in the same way.
        pub accent_text_color: Option<String>,
        /// Where buyers ask for help.
        pub support_email: Option<String>,
        /// A page for buyers who need help.
        pub support_url: Option<String>,
        /// When it was set.
        pub updated_at: Timestamp,
    }
}

impl BrandingSet {
    /// The same as it is stored: trimmed, colours in lower case.
    ///
    /// # Errors
    /// `invalid_request` names the field that is wrong.
    pub fn checked(self) -> Result<Self> {
        let https = |name: &str, given: Option<String>| {
            optional_text(name, given.as_deref(), usize::MAX)?.map(|text| return_url(name, &text, true)).transpose()
        };
        let colour = |name: &str, given: Option<String>| {
            optional_text(name, given.as_deref(), usize::MAX)?.map(|text| color(name, &text)).transpose()
        };
        let email = optional_text("support_email", self.support_email.as_deref(), EMAIL_BYTES_MAX)?;
        Ok(Self {
            organizer_account_id: self.organizer_account_id,
            display_name: required_text("display_name", &self.display_name, NAME_CHARACTERS_MAX)?,
            description: optional_text("description", self.description.as_deref(), DESCRIPTION_CHARACTERS_MAX)?,
            logo_url: https("logo_url", self.logo_url)?,
            logo_dark_url: https("logo_dark_url", self.logo_dark_url)?,
            banner_url: https("banner_url", self.banner_url)?,
            accent_color: colour("accent_color", self.accent_color)?,
            accent_text_color: colour("accent_text_color", self.accent_text_color)?,
            support_email: email.map(|text| mailbox("support_email", text)).transpose()?,
            support_url: https("support_url", self.support_url)?,
        })
    }
}

/// A colour as it is stored: lower case.
fn color(name: &str, text: &str) -> Result<String> {
    let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6);
    match digits {
        Some(digits) if digits.bytes().all(|byte| byte.is_ascii_hexdigit()) => Ok(text.to_ascii_lowercase()),
        _ => Err(Error::invalid(format!("{name} must be # and six hexadecimal digits, such as #1a2b3c"))),
    }
}

/// An address that can be one. Whether mail arrives there is not known here.
fn mailbox(name: &str, text: String) -> Result<String> {
    let plain = text.bytes().all(|byte| byte.is_ascii_graphic() && !b"<>()[],;:\\\"".contains(&byte));
    let possible = text.split_once('@').is_some_and(|(local, domain)| {
        let labels = domain.split('.').all(|label| {
            let symbols = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
            !label.is_empty() && !label.starts_with('-') && !label.ends_with('-') && label.bytes().all(symbols)
        });
        (1..=EMAIL_LOCAL_BYTES_MAX).contains(&local.len()) && domain.contains('.') && labels
    });
    if plain && possible {
        return Ok(text);
    }
    Err(Error::invalid(format!("{name} must be an e-mail address such as help@example.org")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(display_name: &str) -> BrandingSet {
        BrandingSet {
            organizer_account_id: None,
            display_name: display_name.to_owned(),
            description: None,
            logo_url: None,
            logo_dark_url: None,
            banner_url: None,
            accent_color: None,
            accent_text_color: None,
            support_email: None,
            support_url: None,
        }
    }

    #[test]
    fn what_is_given_is_trimmed_and_what_is_empty_is_none() {
        let set = BrandingSet {
            description: Some("  ".to_owned()),
            accent_color: Some(" #1A2B3C ".to_owned()),
            ..named(" Club 54 ")
        };
        let checked = set.checked();
        assert!(checked.is_ok_and(|set| {
            set.display_name == "Club 54" && set.description.is_none() && set.accent_color.as_deref() == Some("#1a2b3c")
        }));
        assert!(named("  ").checked().is_err());
        assert!(named(&"x".repeat(101)).checked().is_err());
    }

    #[test]
    fn pictures_and_pages_are_https() {
        for wrong in [
            "http://a.example/l.png",
            "data:image/png;base64,AA",
            "javascript:alert(1)",
            "/l.png",
            "http://localhost/l",
        ] {
            for field in ["logo_url", "logo_dark_url", "banner_url", "support_url"] {
                let given = |name: &str| (name == field).then(|| wrong.to_owned());
                let set = BrandingSet {
                    logo_url: given("logo_url"),
                    logo_dark_url: given("logo_dark_url"),
                    banner_url: given("banner_url"),
                    support_url: given("support_url"),
                    ..named("Club")
                };
                assert!(set.checked().is_err_and(|error| error.detail.starts_with(field)), "{field} {wrong}");
            }
        }
    }

    #[test]
    fn colours_have_six_digits() {
        for wrong in ["#123", "123456", "#12345g", "#1234567", "red", "#12345\u{e9}"] {
            assert!(color("accent_color", wrong).is_err(), "{wrong}");
        }
        assert_eq!(color("accent_color", "#FFFFFF").as_deref(), Ok("#ffffff"));
    }

    #[test]
    fn mailboxes_can_be_ones() {
        for good in ["help@example.org", "a.b+c@x-y.example.org"] {
            assert!(mailbox("support_email", good.to_owned()).is_ok(), "{good}");
        }
        let long = format!("{}@example.org", "a".repeat(65));
        for wrong in [
            "help",
            "@example.org",
            "help@",
            "help@localhost",
            "a@b@example.org",
            "a b@example.org",
            "help@-a.example",
            "help@a..example",
            "<help@example.org>",
            "a@example.org?subject=x",
            "a@ex\u{e4}mple.org",
            long.as_str(),
        ] {
            assert!(mailbox("support_email", wrong.to_owned()).is_err(), "{wrong}");
        }
    }
}
