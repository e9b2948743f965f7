//! SVG: a white square and one black path.

use std::fmt::Write as _;

use super::{QUIET_ZONE_MODULES, QrCode};

/// The code as an SVG document of this side, with a title for screen readers.
pub fn write(code: &QrCode, title: &str, size_pixels: u32) -> String {
    let side = code.full_size();
    let title = escaped(title);
    let mut path = String::new();
    for run in code.runs() {
        let (x, y) = (run.column + QUIET_ZONE_MODULES, run.row + QUIET_ZONE_MODULES);
        // Writing to a String cannot fail.
        let _ = write!(path, "M{x} {y}h{0}v1h-{0}z", run.length);
    }
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{size_pixels}\" height=\"{size_pixels}\" \
         viewBox=\"0 0 {side} {side}\" shape-rendering=\"crispEdges\" role=\"img\"><title>{title}</title>\
         <path fill=\"#fff\" d=\"M0 0h{side}v{side}H0z\"/><path fill=\"#000\" d=\"{path}\"/></svg>"
    )
}

/// Text for XML. What XML 1.0 cannot hold becomes U+FFFD.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for symbol in text.chars() {
        match symbol {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\t' | '\n' | '\r' => out.push(' '),
            '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            symbol if symbol < ' ' => out.push('\u{fffd}'),
            symbol => out.push(symbol),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_escaped() {
        assert_eq!(
            escaped("</title><script>\"a\" & 'b'\u{1}\n\u{ffff}"),
            "&lt;/title&gt;&lt;script&gt;&quot;a&quot; &amp; &#39;b&#39;\u{fffd} \u{fffd}"
        );
    }
}
