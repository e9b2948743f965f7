//! Text in the one encoding and font that every PDF reader has: WinAnsi and Helvetica.
//!
//! What WinAnsi lacks is printed as `?`. Such text is a label; what matters is in the code.

/// What stands for a symbol that WinAnsi lacks.
const REPLACEMENT: u8 = b'?';
/// The ellipsis of a text that is cut.
const ELLIPSIS: u8 = 0x85;

/// WinAnsi's symbols from 0x80 to 0x9f; five places are not used.
const HIGH: [Option<char>; 32] = [
    Some('€'),
    None,
    Some('‚'),
    Some('ƒ'),
    Some('„'),
    Some('…'),
    Some('†'),
    Some('‡'),
    Some('ˆ'),
    Some('‰'),
    Some('Š'),
    Some('‹'),
    Some('Œ'),
    None,
    Some('Ž'),
    None,
    None,
    Some('‘'),
    Some('’'),
    Some('“'),
    Some('”'),
    Some('•'),
    Some('–'),
    Some('—'),
    Some('˜'),
    Some('™'),
    Some('š'),
    Some('›'),
    Some('œ'),
    None,
    Some('ž'),
    Some('Ÿ'),
];

/// Helvetica's widths in thousandths of the size, from 0x20 (Adobe's font metrics).
const WIDTHS: [u16; 224] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556,
    556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833,
    722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556,
    556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334,
    260, 334, 584, 350, 556, 350, 222, 556, 333, 1000, 556, 556, 333, 1000, 667, 333, 1000, 350, 611, 350, 350, 222,
    222, 333, 333, 350, 556, 1000, 333, 1000, 500, 333, 944, 350, 500, 667, 278, 333, 556, 556, 556, 556, 260, 556,
    333, 737, 370, 556, 584, 333, 737, 333, 400, 584, 333, 333, 333, 556, 537, 278, 333, 333, 365, 556, 834, 834, 834,
    611, 667, 667, 667, 667, 667, 667, 1000, 722, 667, 667, 667, 667, 278, 278, 278, 278, 722, 722, 778, 778, 778, 778,
    778, 584, 778, 722, 722, 722, 722, 667, 667, 611, 556, 556, 556, 556, 556, 556, 889, 500, 556, 556, 556, 556, 278,
    278, 278, 278, 556, 556, 556, 556, 556, 556, 556, 584, 611, 556, 556, 556, 556, 500, 556, 500,
];

/// A text in WinAnsi.
pub fn encode(text: &str) -> Vec<u8> {
    text.chars().map(byte).collect()
}

fn byte(symbol: char) -> u8 {
    match symbol {
        ' '..='~' | '\u{a0}'..='\u{ff}' => u8::try_from(u32::from(symbol)).unwrap_or(REPLACEMENT),
        _ => HIGH
            .iter()
            .position(|high| *high == Some(symbol))
            .and_then(|place| u8::try_from(place + 0x80).ok())
            .unwrap_or(REPLACEMENT),
    }
}

/// The width of encoded text in points at this size.
pub fn width_points(text: &[u8], size_points: f32) -> f32 {
    let thousandths: u32 = text.iter().map(|byte| u32::from(width(*byte))).sum();
    // No text here has a million symbols, so the sum is exact.
    thousandths as f32 * size_points / 1_000.0
}

fn width(byte: u8) -> u16 {
    usize::from(byte).checked_sub(0x20).and_then(|place| WIDTHS.get(place)).copied().unwrap_or(0)
}

/// Encoded text that is no wider than this, cut with an ellipsis where it must be.
pub fn fitted(mut text: Vec<u8>, size_points: f32, width_points_max: f32) -> Vec<u8> {
    if width_points(&text, size_points) <= width_points_max {
        return text;
    }
    while text.pop().is_some() {
        let mut cut = text.clone();
        cut.push(ELLIPSIS);
        if width_points(&cut, size_points) <= width_points_max {
            return cut;
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn symbols_are_encoded_or_visibly_replaced() {
        assert_eq!(encode("Zürich – 5 €"), b"Z\xfcrich \x96 5 \x80");
        assert_eq!(encode("Ł\u{1f39f}\u{7}日\u{7f}\u{81}"), b"??????");
    }

    #[test]
    fn widths_are_helveticas() {
        assert!((width_points(&encode("Admit"), 10.0) - 25.56).abs() < 0.001);
        assert!((width_points(&encode("ÿ"), 1_000.0) - 500.0).abs() < 0.001);
    }

    #[test]
    fn long_text_is_cut_with_an_ellipsis() {
        let cut = fitted(encode("a long label"), 10.0, 30.0);
        assert!(cut.ends_with(&[ELLIPSIS]) && width_points(&cut, 10.0) <= 30.0, "{cut:?}");
        assert_eq!(fitted(encode("short"), 10.0, 30.0), b"short");
        assert!(fitted(encode("x"), 10.0, 1.0).is_empty());
    }
}
