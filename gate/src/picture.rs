//! Tokens in pictures.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use png::{ColorType, Decoder, Transformations};

use crate::failure::Failure;

/// More pixels than this are no picture of a ticket.
const PIXELS_MAX: usize = 50_000_000;

/// The texts of the QR codes in a PNG picture.
pub fn tokens(path: &Path) -> Result<Vec<String>, Failure> {
    let unusable = |detail: String| Failure::Usage(format!("{}: {detail}", path.display()));
    let (width, height, grey) = read(path).map_err(unusable)?;
    let value = |x: usize, y: usize| grey.get(y * width + x).copied().unwrap_or(u8::MAX);
    let mut picture = rqrr::PreparedImage::prepare_from_greyscale(width, height, value);
    let found: Vec<String> =
        picture.detect_grids().iter().filter_map(|grid| grid.decode().ok()).map(|(_, text)| text).collect();
    if found.is_empty() { Err(unusable("there is no QR code that can be read".to_owned())) } else { Ok(found) }
}

/// Width, height and brightness of each pixel.
fn read(path: &Path) -> Result<(usize, usize, Vec<u8>), String> {
    let file = File::open(path).map_err(|error| error.to_string())?;
    let mut decoder = Decoder::new(BufReader::new(file));
    decoder.set_transformations(Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().map_err(|error| error.to_string())?;
    let pixels = reader.info().width as usize * reader.info().height as usize;
    let bytes = reader.output_buffer_size().filter(|_| pixels <= PIXELS_MAX);
    let mut content = vec![0; bytes.ok_or("the picture is too large")?];
    let frame = reader.next_frame(&mut content).map_err(|error| error.to_string())?;
    let samples = match frame.color_type {
        ColorType::Grayscale => 1,
        ColorType::GrayscaleAlpha => 2,
        ColorType::Rgb => 3,
        ColorType::Rgba => 4,
        ColorType::Indexed => return Err("the picture's colours cannot be read".to_owned()),
    };
    let grey = content.chunks_exact(samples).map(brightness).collect();
    Ok((frame.width as usize, frame.height as usize, grey))
}

/// The brightness of a pixel; transparent ones are white, as paper.
fn brightness(pixel: &[u8]) -> u8 {
    match *pixel {
        [grey] => grey,
        [grey, alpha] => {
            if alpha < 128 {
                u8::MAX
            } else {
                grey
            }
        }
        [red, green, blue] => mean(red, green, blue),
        [red, green, blue, alpha] => {
            if alpha < 128 {
                u8::MAX
            } else {
                mean(red, green, blue)
            }
        }
        _ => u8::MAX,
    }
}

fn mean(red: u8, green: u8, blue: u8) -> u8 {
    let sum = u16::from(red) + u16::from(green) + u16::from(blue);
    u8::try_from(sum / 3).unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use admit_core::qr::{Picture, PictureFormat, QrUse, picture};

    #[test]
    fn admits_own_pictures_are_read() {
        let text = "AT1ABCDEFGH0123456789";
        let drawn = picture(text, "t", QrUse::Print, PictureFormat::Png, Some(400)).unwrap();
        let Picture::Bytes(drawn) = drawn else { panic!("a PNG is bytes") };
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ticket.png");
        std::fs::write(&path, drawn).unwrap();
        assert_eq!(tokens(&path).unwrap(), [text]);
        std::fs::write(&path, "no picture").unwrap();
        assert!(tokens(&path).is_err());
    }
}
