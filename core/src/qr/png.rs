//! PNG: one bit a pixel, whole pixels a module.

use png::{BitDepth, ColorType, Compression, Encoder};

use super::{QUIET_ZONE_MODULES, QrCode};
use crate::{Error, ErrorCode, Result};

/// The code as a PNG whose side is the largest multiple of its modules that fits `size_pixels`.
///
/// # Errors
/// `invalid_request` when there is less than a pixel a module.
pub fn write(code: &QrCode, size_pixels: u32) -> Result<Vec<u8>> {
    let modules = code.full_size();
    let scale = usize::try_from(size_pixels).unwrap_or(0) / modules;
    if scale == 0 {
        return Err(Error::invalid(format!("size_pixels must be {modules} or more for this text")));
    }
    let side = modules * scale;
    let mut pixels = Vec::with_capacity(side * side.div_ceil(8));
    for row in 0..modules {
        let line = line(code, row, scale);
        for _ in 0..scale {
            pixels.extend_from_slice(&line);
        }
    }
    let side = u32::try_from(side).map_err(failed)?;
    let mut out = Vec::new();
    let mut encoder = Encoder::new(&mut out, side, side);
    encoder.set_color(ColorType::Grayscale);
    encoder.set_depth(BitDepth::One);
    encoder.set_compression(Compression::Balanced);
    let mut writer = encoder.write_header().map_err(failed)?;
    writer.write_image_data(&pixels).map_err(failed)?;
    writer.finish().map_err(failed)?;
    Ok(out)
}

/// A row of pixels, eight a byte, light ones set.
fn line(code: &QrCode, row: usize, scale: usize) -> Vec<u8> {
    let side = code.full_size() * scale;
    let mut line = vec![0xff; side.div_ceil(8)];
    for pixel in 0..side {
        if is_dark(code, row, pixel / scale)
            && let Some(byte) = line.get_mut(pixel / 8)
        {
            *byte &= !(0x80 >> (pixel % 8));
        }
    }
    line
}

/// Whether a module is dark, counted with the quiet zone.
fn is_dark(code: &QrCode, row: usize, column: usize) -> bool {
    match (row.checked_sub(QUIET_ZONE_MODULES), column.checked_sub(QUIET_ZONE_MODULES)) {
        (Some(row), Some(column)) => code.is_dark(row, column),
        _ => false,
    }
}

fn failed(error: impl std::fmt::Display) -> Error {
    Error::new(ErrorCode::Internal, format!("the picture cannot be written: {error}"))
}
