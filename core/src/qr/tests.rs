//! Sizes, bounds and properties; that readers read the pictures is shown by the suite `token`.

use proptest::prelude::*;

use super::*;

fn code(text: &str, purpose: QrUse) -> QrCode {
    QrCode::new(text, purpose).expect("the text fits")
}

/// The modules that an SVG's path draws, read back from its text.
fn modules_of_svg(svg: &str, side: usize) -> Vec<Vec<bool>> {
    let mut modules = vec![vec![false; side]; side];
    let path = svg.split("fill=\"#000\" d=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a path");
    for run in path.split_terminator('z') {
        let numbers: Vec<usize> =
            run.split(|symbol: char| !symbol.is_ascii_digit()).filter_map(|number| number.parse().ok()).collect();
        let [x, y, length, 1, back] = numbers[..] else { panic!("{run}") };
        assert_eq!(length, back);
        modules[y][x..x + length].fill(true);
    }
    modules
}

/// The pixels of a PNG, dark ones true.
fn pixels(bytes: &[u8]) -> Vec<Vec<bool>> {
    let mut reader = ::png::Decoder::new(std::io::Cursor::new(bytes)).read_info().expect("a PNG");
    let mut data = vec![0; reader.output_buffer_size().expect("a size")];
    let info = reader.next_frame(&mut data).expect("pixels");
    assert_eq!((info.color_type, info.bit_depth), (::png::ColorType::Grayscale, ::png::BitDepth::One));
    let (width, line) = (info.width as usize, info.line_size);
    data.chunks(line).map(|row| (0..width).map(|x| row[x / 8] >> (7 - x % 8) & 1 == 0).collect()).collect()
}

#[test]
fn tickets_have_the_versions_that_scanners_like() {
    let symbols = |count: usize| "AT1".chars().chain("0123456789ABCDEFGHJKMNPQRSTVWXYZ".chars().cycle()).take(count);
    let version = |count, purpose| code(&symbols(count).collect::<String>(), purpose).version();
    assert_eq!((version(170, QrUse::Screen), version(170, QrUse::Print)), (7, 9));
    assert_eq!((version(190, QrUse::Screen), version(190, QrUse::Print)), (8, 10));
    assert_eq!(version(26, QrUse::Screen), 2);
    // One lower-case letter takes the alphanumeric mode away.
    assert!(code(&"a".repeat(170), QrUse::Screen).version() > 7);
}

#[test]
fn text_and_size_have_bounds() {
    let refused = |text: &str, size| picture(text, "t", QrUse::Screen, PictureFormat::Png, Some(size)).is_err();
    assert!(refused("", 512) && refused(&"x".repeat(TEXT_BYTES_MAX + 1), 512));
    assert!(refused("X", SIZE_PIXELS_MIN - 1) && refused("X", SIZE_PIXELS_MAX + 1) && refused("X", -512));
    assert!(!refused(&"\u{e9}".repeat(TEXT_BYTES_MAX / 2), SIZE_PIXELS_MIN) && !refused("X", SIZE_PIXELS_MAX));
}

#[test]
fn an_svg_has_its_size_and_title() {
    let Ok(Picture::Text(svg)) = picture("X", "<Entry> & \"VIP\"", QrUse::Screen, PictureFormat::Svg, Some(300)) else {
        panic!("no SVG")
    };
    assert!(
        svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"300\" height=\"300\" viewBox=\"0 0 29 29\"")
    );
    assert!(svg.contains("<title>&lt;Entry&gt; &amp; &quot;VIP&quot;</title>") && svg.contains("crispEdges"));
}

#[test]
fn a_png_has_whole_pixels_a_module() {
    let Ok(Picture::Bytes(png)) = picture("X", "", QrUse::Screen, PictureFormat::Png, Some(300)) else {
        panic!("no PNG")
    };
    let pixels = pixels(&png);
    // 29 modules: ten pixels each fit 300.
    assert_eq!((pixels.len(), pixels[0].len()), (290, 290));
    let expected = code("X", QrUse::Screen);
    for (y, row) in pixels.iter().enumerate() {
        for (x, dark) in row.iter().enumerate() {
            let inside = y >= 40 && x >= 40;
            assert_eq!(*dark, inside && expected.is_dark((y - y.min(40)) / 10, (x - x.min(40)) / 10), "{x} {y}");
        }
    }
}

fn cell(text: &str, copies: usize) -> SheetCell {
    SheetCell { text: text.to_owned(), label: "Entry".to_owned(), readable: text.to_owned(), copies }
}

fn a4(columns: i32, rows: i32) -> SheetLayout {
    SheetLayout { paper: Paper::A4, columns, rows }
}

#[test]
fn sheets_have_bounds() {
    let detail =
        |layout, cells: &[SheetCell]| sheet("t", layout, cells).err().map_or(String::new(), |error| error.detail);
    assert_eq!(detail(a4(0, 1), &[cell("X", 1)]), "columns must be 1 to 5");
    assert_eq!(detail(a4(1, 9), &[cell("X", 1)]), "rows must be 1 to 8");
    assert_eq!(detail(a4(1, 1), &[]), "a sheet has 1 to 50 different codes");
    assert_eq!(detail(a4(1, 1), &vec![cell("X", 1); 51]), "a sheet has 1 to 50 different codes");
    assert_eq!(detail(a4(2, 2), &[cell("X", 200)]), "");
    let full = "the sheet has 51 pages; 50 are the most: print fewer copies";
    assert_eq!(detail(a4(2, 2), &[cell("X", 201)]), full);
    assert!(detail(a4(1, 1), &[cell("X", usize::MAX), cell("Y", 2)]).contains("50 are the most"));
    let small = "the codes would be too small to be read: choose fewer columns or rows";
    assert_eq!(detail(a4(5, 8), &[cell(&"x".repeat(150), 1)]), small);
    assert!(detail(a4(5, 1), &[cell(&"W".repeat(30), 1)]).contains("text under the codes"));
}

#[test]
fn a_sheet_draws_each_code_once_a_file() {
    let one = sheet("t", a4(3, 4), &[cell("ABC", 1)]).expect("a sheet");
    let many = sheet("t", a4(3, 4), &[cell("ABC", 24)]).expect("a sheet");
    let count = |pdf: &[u8], what: &[u8]| pdf.windows(what.len()).filter(|window| *window == what).count();
    assert!(one.starts_with(b"%PDF-") && one.trim_ascii_end().ends_with(b"%%EOF"));
    assert_eq!((count(&one, b"/Type /Page\n"), count(&many, b"/Type /Page\n")), (1, 2));
    assert_eq!((count(&one, b"/Subtype /Form"), count(&many, b"/Subtype /Form")), (1, 1));
    assert_eq!(sheet("t", a4(3, 4), &[cell("ABC", 24)]), Ok(many));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn any_text_becomes_the_same_picture_twice(text in "\\PC{1,120}", title in ".{0,40}") {
        for purpose in [QrUse::Screen, QrUse::Print] {
            let code = code(&text, purpose);
            prop_assert_eq!(code.size(), 17 + 4 * code.version());
            let drawn = |format| picture(&text, &title, purpose, format, None);
            prop_assert_eq!(drawn(PictureFormat::Png), drawn(PictureFormat::Png));
            let Ok(Picture::Text(svg)) = drawn(PictureFormat::Svg) else { panic!("no SVG") };
            let modules = modules_of_svg(&svg, code.full_size());
            for (y, row) in modules.iter().enumerate() {
                for (x, dark) in row.iter().enumerate() {
                    let inside = y >= QUIET_ZONE_MODULES && x >= QUIET_ZONE_MODULES;
                    prop_assert_eq!(*dark, inside && code.is_dark(y - y.min(4), x - x.min(4)));
                }
            }
        }
    }

    #[test]
    fn any_sheet_is_a_sheet_or_an_error(
        text in "\\PC{0,200}", label in ".{0,60}", columns in -1..7_i32, rows in -1..10_i32, copies in 0..60_usize,
        letter: bool,
    ) {
        let paper = if letter { Paper::Letter } else { Paper::A4 };
        let cells = [SheetCell { text, label: label.clone(), readable: label.clone(), copies }];
        let made = sheet(&label, SheetLayout { paper, columns, rows }, &cells);
        prop_assert_eq!(made, sheet(&label, SheetLayout { paper, columns, rows }, &cells));
    }
}
