//! A QR code as a picture of a chosen size.

use super::{QrCode, QrUse, png, svg};
use crate::message::words;
use crate::{Error, Result};

/// Smallest side of a picture, in pixels: the largest code still has a pixel a module.
pub const SIZE_PIXELS_MIN: i32 = 128;
/// Side of a picture when none is asked for, in pixels.
pub const SIZE_PIXELS_DEFAULT: i32 = 512;
/// Largest side of a picture, in pixels.
pub const SIZE_PIXELS_MAX: i32 = 2_048;

words! {
    /// How a picture is written.
    pub enum PictureFormat {
        /// Scalable, as text.
        Svg => "svg",
        /// Pixels, black and white.
        Png => "png",
    }
}

impl PictureFormat {
    /// Its media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Svg => "image/svg+xml",
            Self::Png => "image/png",
        }
    }
}

/// A picture as it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Picture {
    /// SVG.
    Text(String),
    /// PNG.
    Bytes(Vec<u8>),
}

/// The picture of a text's QR code. `title` is what a screen reader says of it.
///
/// A PNG has the largest whole number of pixels a module that fits `size_pixels`, so its side may
/// be shorter; an SVG has exactly that side.
///
/// # Errors
/// `invalid_request` when the size is out of bounds or the text is empty or too long.
pub fn picture(
    text: &str,
    title: &str,
    purpose: QrUse,
    format: PictureFormat,
    size_pixels: Option<i32>,
) -> Result<Picture> {
    let size = size_pixels.unwrap_or(SIZE_PIXELS_DEFAULT);
    let size = u32::try_from(size)
        .ok()
        .filter(|_| (SIZE_PIXELS_MIN..=SIZE_PIXELS_MAX).contains(&size))
        .ok_or_else(|| Error::invalid(format!("size_pixels must be {SIZE_PIXELS_MIN} to {SIZE_PIXELS_MAX}")))?;
    let code = QrCode::new(text, purpose)?;
    match format {
        PictureFormat::Svg => Ok(Picture::Text(svg::write(&code, title, size))),
        PictureFormat::Png => png::write(&code, size).map(Picture::Bytes),
    }
}
