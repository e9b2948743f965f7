//! QR codes: a text becomes a square of modules, and that an SVG, a PNG or a printed sheet.
//!
//! The same text, use and size give the same bytes. Upper-case tokens and codes take the
//! alphanumeric mode, which needs 5.5 bits a symbol where bytes need 8.

mod file;
mod picture;
mod png;
mod sheet;
mod svg;
mod winansi;

pub use file::{FileEncoding, QrFile};
pub use picture::{Picture, PictureFormat, SIZE_PIXELS_DEFAULT, SIZE_PIXELS_MAX, SIZE_PIXELS_MIN, picture};
pub use sheet::{CELLS_MAX, COLUMNS_MAX, PAGES_MAX, Paper, ROWS_MAX, SheetCell, SheetLayout, sheet};

use fast_qr::{ECL, QRBuilder};

use crate::message::words;
use crate::{Error, Result};

/// Light modules that a reader needs on every side (ISO/IEC 18004).
pub const QUIET_ZONE_MODULES: usize = 4;

/// Longest text that becomes a QR code, in bytes. Longer ones need so many modules that phones
/// hardly read them.
pub const TEXT_BYTES_MAX: usize = 512;

words! {
    /// What a QR code is for; it decides how much of it may be unreadable.
    pub enum QrUse {
        /// Shown on a screen: level M, 15 % may be lost, so that the modules are larger.
        Screen => "screen",
        /// Printed, folded, wet and scratched: level Q, 25 % may be lost.
        Print => "print",
    }
}

/// The modules of a QR code, without its quiet zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QrCode {
    size: usize,
    dark: Vec<bool>,
}

/// Dark modules side by side in one row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Run {
    pub row: usize,
    pub column: usize,
    pub length: usize,
}

impl QrCode {
    /// The QR code of a text, in the smallest version that holds it.
    ///
    /// # Errors
    /// `invalid_request` when the text is empty or longer than [`TEXT_BYTES_MAX`] bytes.
    pub fn new(text: &str, purpose: QrUse) -> Result<Self> {
        if text.is_empty() || text.len() > TEXT_BYTES_MAX {
            return Err(Error::invalid(format!("a QR code holds a text of 1 to {TEXT_BYTES_MAX} bytes")));
        }
        let level = match purpose {
            QrUse::Screen => ECL::M,
            QrUse::Print => ECL::Q,
        };
        let code = QRBuilder::new(text)
            .ecl(level)
            .build()
            .map_err(|error| Error::invalid(format!("the text does not fit a QR code: {error}")))?;
        let dark = code.data.iter().take(code.size * code.size).map(|module| module.value()).collect();
        Ok(Self { size: code.size, dark })
    }

    /// Modules of a side, without the quiet zone: 17 and four a version.
    pub fn size(&self) -> usize {
        self.size
    }

    /// Modules of a side with the quiet zone.
    pub fn full_size(&self) -> usize {
        self.size + 2 * QUIET_ZONE_MODULES
    }

    /// The version, 1 to 40.
    pub fn version(&self) -> usize {
        self.size.saturating_sub(17) / 4
    }

    /// Whether a module is dark. Outside the code, as in the quiet zone, none is.
    pub fn is_dark(&self, row: usize, column: usize) -> bool {
        column < self.size && self.dark.get(row * self.size + column).copied().unwrap_or(false)
    }

    /// Dark modules in rows, from the top left.
    pub(crate) fn runs(&self) -> Vec<Run> {
        let mut runs = Vec::new();
        for row in 0..self.size {
            let mut column = 0;
            while column < self.size {
                let length = (column..self.size).take_while(|column| self.is_dark(row, *column)).count();
                if length > 0 {
                    runs.push(Run { row, column, length });
                }
                column += length + 1;
            }
        }
        runs
    }
}

#[cfg(test)]
mod tests;
