//! Printable sheets: a PDF with QR codes in rows and columns, a label and the code for people
//! under each.
//!
//! Modules are vectors, so any printer draws them sharp. Text is Helvetica, which every PDF reader
//! has; symbols that WinAnsi lacks are printed as `?`. There is no date in the file: the same
//! sheet has the same bytes.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use pdf_writer::{Content, Filter, Finish, Name, Pdf, Rect, Ref, Str, TextStr};

use super::{QUIET_ZONE_MODULES, QrCode, QrUse, winansi};
use crate::message::words;
use crate::{Error, ErrorCode, Result};

/// Columns of a sheet at most.
pub const COLUMNS_MAX: i32 = 5;
/// Rows of a sheet at most.
pub const ROWS_MAX: i32 = 8;
/// Pages of a sheet at most.
pub const PAGES_MAX: usize = 50;
/// Different codes on a sheet at most.
pub const CELLS_MAX: usize = 50;

/// Half an inch, which every printer can leave white.
const MARGIN_POINTS: f32 = 36.0;
/// White around the contents of a cell.
const PADDING_POINTS: f32 = 6.0;
/// 0.4 mm: phones read smaller modules badly.
const MODULE_POINTS_MIN: f32 = 0.4 * 72.0 / 25.4;
/// Smallest text that can still be typed off.
const TEXT_POINTS_MIN: f32 = 4.5;
/// Line height to text size.
const LEADING: f32 = 1.3;

const FONT: Name<'static> = Name(b"F");

words! {
    /// A size of paper, upright.
    pub enum Paper {
        /// ISO A4, 210 × 297 mm.
        A4 => "a4",
        /// US Letter, 8.5 × 11 inches.
        Letter => "letter",
    }
}

impl Paper {
    /// Width and height in points.
    fn points(self) -> (f32, f32) {
        match self {
            Self::A4 => (595.28, 841.89),
            Self::Letter => (612.0, 792.0),
        }
    }
}

/// How a sheet is divided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SheetLayout {
    /// The paper.
    pub paper: Paper,
    /// Columns, 1 to [`COLUMNS_MAX`].
    pub columns: i32,
    /// Rows, 1 to [`ROWS_MAX`].
    pub rows: i32,
}

/// A code on a sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetCell {
    /// What the QR code holds.
    pub text: String,
    /// The line under it; cut with an ellipsis where it is too long.
    pub label: String,
    /// The code as people read and type it; printed smaller where it is long, never cut.
    pub readable: String,
    /// How often it is printed, one after the other. At least 1.
    pub copies: usize,
}

/// Where things are in a cell, in points.
struct Geometry {
    columns: usize,
    rows: usize,
    height: f32,
    cell_width: f32,
    cell_height: f32,
    label_size: f32,
    readable_size: f32,
    code_side: f32,
}

/// A cell that is ready to be drawn.
struct Drawn {
    drawing: Vec<u8>,
    modules: f32,
    label: Vec<u8>,
    readable: Vec<u8>,
    readable_size: f32,
    copies: usize,
}

/// The sheet as a PDF. `title` is the document's.
///
/// # Errors
/// `invalid_request` when the layout is out of bounds, there are no codes or too many, a page limit
/// is exceeded, or a code would be too small to be read.
pub fn sheet(title: &str, layout: SheetLayout, cells: &[SheetCell]) -> Result<Vec<u8>> {
    if cells.is_empty() || cells.len() > CELLS_MAX {
        return Err(Error::invalid(format!("a sheet has 1 to {CELLS_MAX} different codes")));
    }
    let geometry = Geometry::of(layout)?;
    let printed = cells.iter().fold(0_usize, |sum, cell| sum.saturating_add(cell.copies.max(1)));
    let pages = printed.div_ceil(geometry.columns * geometry.rows);
    if pages > PAGES_MAX {
        return Err(Error::invalid(format!(
            "the sheet has {pages} pages; {PAGES_MAX} are the most: print fewer copies"
        )));
    }
    let drawn = cells.iter().map(|cell| drawn(&geometry, cell)).collect::<Result<Vec<_>>>()?;
    write(title, layout.paper, &geometry, &drawn)
}

impl Geometry {
    fn of(layout: SheetLayout) -> Result<Self> {
        let within = |name: &str, value: i32, most: i32| {
            let checked = u16::try_from(value).ok().filter(|_| (1..=most).contains(&value));
            checked.ok_or_else(|| Error::invalid(format!("{name} must be 1 to {most}")))
        };
        let columns = within("columns", layout.columns, COLUMNS_MAX)?;
        let rows = within("rows", layout.rows, ROWS_MAX)?;
        let (width, height) = layout.paper.points();
        let cell_width = (width - 2.0 * MARGIN_POINTS) / f32::from(columns);
        let cell_height = (height - 2.0 * MARGIN_POINTS) / f32::from(rows);
        let label_size = (cell_width.min(cell_height) / 14.0).clamp(6.0, 28.0);
        let readable_size = label_size * 0.75;
        let text = (label_size + readable_size) * LEADING;
        let code_side = (cell_width - 2.0 * PADDING_POINTS).min(cell_height - 2.0 * PADDING_POINTS - text);
        let (columns, rows) = (usize::from(columns), usize::from(rows));
        Ok(Self { columns, rows, height, cell_width, cell_height, label_size, readable_size, code_side })
    }

    /// Width for text.
    fn text_width(&self) -> f32 {
        self.cell_width - 2.0 * PADDING_POINTS
    }

    /// The middle and the upper edge of the `index`th cell of a page.
    fn middle_top(&self, index: usize) -> (f32, f32) {
        // Both are below 10, so they are exact.
        let (row, column) = ((index / self.columns) as f32, (index % self.columns) as f32);
        (MARGIN_POINTS + (column + 0.5) * self.cell_width, self.height - MARGIN_POINTS - row * self.cell_height)
    }
}

fn drawn(geometry: &Geometry, cell: &SheetCell) -> Result<Drawn> {
    let code = QrCode::new(&cell.text, QrUse::Print)?;
    // At most 185, so it is exact.
    let modules = code.full_size() as f32;
    if geometry.code_side / modules < MODULE_POINTS_MIN {
        return Err(Error::invalid("the codes would be too small to be read: choose fewer columns or rows"));
    }
    let readable = winansi::encode(&cell.readable);
    let full = winansi::width_points(&readable, geometry.readable_size);
    let readable_size = geometry.readable_size * (geometry.text_width() / full).min(1.0);
    if readable_size < TEXT_POINTS_MIN {
        return Err(Error::invalid("the text under the codes would be too small to be read: choose fewer columns"));
    }
    let label = winansi::fitted(winansi::encode(&cell.label), geometry.label_size, geometry.text_width());
    Ok(Drawn {
        drawing: compressed(&drawing(&code))?,
        modules,
        label,
        readable,
        readable_size,
        copies: cell.copies.max(1),
    })
}

/// The code's modules, one unit each, with the quiet zone: one path, filled at once.
fn drawing(code: &QrCode) -> Vec<u8> {
    let mut content = Content::new();
    for run in code.runs() {
        let (x, y) = (run.column + QUIET_ZONE_MODULES, code.full_size() - QUIET_ZONE_MODULES - run.row - 1);
        content.rect(x as f32, y as f32, run.length as f32, 1.0);
    }
    content.fill_nonzero();
    content.finish().to_vec()
}

fn compressed(data: &[u8]) -> Result<Vec<u8>> {
    let failed =
        |error: std::io::Error| Error::new(ErrorCode::Internal, format!("the sheet cannot be written: {error}"));
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(data).map_err(failed)?;
    encoder.finish().map_err(failed)
}

/// Gives out the numbers of a document's objects.
struct Objects(i32);

impl Objects {
    fn next(&mut self) -> Ref {
        self.0 += 1;
        Ref::new(self.0)
    }
}

fn write(title: &str, paper: Paper, geometry: &Geometry, drawn: &[Drawn]) -> Result<Vec<u8>> {
    let mut objects = Objects(0);
    let (catalog_id, tree_id, info_id, font_id) = (objects.next(), objects.next(), objects.next(), objects.next());
    let mut pdf = Pdf::new();
    let mut catalog = pdf.catalog(catalog_id);
    catalog.pages(tree_id);
    catalog.viewer_preferences().display_doc_title(true);
    catalog.finish();
    pdf.document_info(info_id).title(TextStr(title)).producer(TextStr("admit"));
    pdf.type1_font(font_id).base_font(Name(b"Helvetica")).encoding_predefined(Name(b"WinAnsiEncoding"));
    let codes: Vec<(Ref, String)> = (0..drawn.len()).map(|index| (objects.next(), format!("Q{index}"))).collect();
    for ((id, _), cell) in codes.iter().zip(drawn) {
        let mut form = pdf.form_xobject(*id, &cell.drawing);
        form.bbox(Rect::new(0.0, 0.0, cell.modules, cell.modules));
        form.filter(Filter::FlateDecode);
    }
    let printed: Vec<(&Drawn, &(Ref, String))> =
        drawn.iter().zip(&codes).flat_map(|(cell, code)| std::iter::repeat_n((cell, code), cell.copies)).collect();
    let (width, height) = paper.points();
    let mut pages = Vec::new();
    for cells in printed.chunks(geometry.columns * geometry.rows) {
        let (page_id, content_id) = (objects.next(), objects.next());
        let content = compressed(&page_content(geometry, cells))?;
        pdf.stream(content_id, &content).filter(Filter::FlateDecode);
        let mut page = pdf.page(page_id);
        page.parent(tree_id).media_box(Rect::new(0.0, 0.0, width, height)).contents(content_id);
        let mut resources = page.resources();
        resources.fonts().pair(FONT, font_id);
        let mut forms = resources.x_objects();
        let mut last = None;
        for (_, (id, name)) in cells {
            // Copies are side by side, so a name is written once.
            if last.replace(*id) != Some(*id) {
                forms.pair(Name(name.as_bytes()), *id);
            }
        }
        forms.finish();
        resources.finish();
        page.finish();
        pages.push(page_id);
    }
    let count = i32::try_from(pages.len()).unwrap_or(i32::MAX);
    pdf.pages(tree_id).kids(pages).count(count);
    Ok(pdf.finish())
}

fn page_content(geometry: &Geometry, cells: &[(&Drawn, &(Ref, String))]) -> Vec<u8> {
    let mut content = Content::new();
    for (index, (cell, (_, name))) in cells.iter().enumerate() {
        let (middle, top) = geometry.middle_top(index);
        let scale = geometry.code_side / cell.modules;
        let bottom = top - PADDING_POINTS - geometry.code_side;
        content.save_state();
        content.transform([scale, 0.0, 0.0, scale, middle - geometry.code_side / 2.0, bottom]);
        content.x_object(Name(name.as_bytes()));
        content.restore_state();
        let baseline = bottom - geometry.label_size;
        line(&mut content, &cell.label, geometry.label_size, middle, baseline);
        let baseline = bottom - geometry.label_size * LEADING - geometry.readable_size;
        line(&mut content, &cell.readable, cell.readable_size, middle, baseline);
    }
    content.finish().to_vec()
}

/// A line of text around a middle.
fn line(content: &mut Content, text: &[u8], size: f32, middle: f32, baseline: f32) {
    let left = middle - winansi::width_points(text, size) / 2.0;
    content.begin_text().set_font(FONT, size).next_line(left, baseline).show(Str(text)).end_text();
}
