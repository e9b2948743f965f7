//! `admit-qr`: writes the QR code of a text as the server does, without the server.
//!
//! The picture goes to standard output, messages to standard error.

use std::io::{self, Write};
use std::process::ExitCode;

use admit_core::qr::{
    Paper, Picture, PictureFormat, QrUse, SIZE_PIXELS_DEFAULT, SheetCell, SheetLayout, picture, sheet,
};
use clap::{Parser, ValueEnum};

/// Writes a QR code to standard output.
#[derive(Parser)]
#[command(version)]
struct Cli {
    /// What the code holds; each becomes a code of its own on a sheet, a picture has one
    #[arg(required = true)]
    text: Vec<String>,
    /// How it is written; a sheet is always for print
    #[arg(long, value_enum, default_value_t = Format::Svg)]
    format: Format,
    /// What it is for: screen (error correction M) or print (Q)
    #[arg(long = "for", value_parser = purpose, default_value = "screen")]
    purpose: QrUse,
    /// The picture's side in pixels
    #[arg(long, default_value_t = SIZE_PIXELS_DEFAULT)]
    size_pixels: i32,
    /// What a screen reader says, and the labels of a sheet
    #[arg(long, default_value = "QR code")]
    title: String,
    /// The sheet's paper: a4 or letter
    #[arg(long, value_parser = paper, default_value = "a4")]
    paper: Paper,
    /// The sheet's columns
    #[arg(long, default_value_t = 2)]
    columns: i32,
    /// The sheet's rows
    #[arg(long, default_value_t = 3)]
    rows: i32,
    /// How often each code is on the sheet
    #[arg(long, default_value_t = 1)]
    copies: usize,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    Svg,
    Png,
    Pdf,
}

fn purpose(word: &str) -> Result<QrUse, String> {
    QrUse::from_word(word).ok_or_else(|| "choose screen or print".to_owned())
}

fn paper(word: &str) -> Result<Paper, String> {
    Paper::from_word(word).ok_or_else(|| "choose a4 or letter".to_owned())
}

fn main() -> ExitCode {
    let written =
        written(&Cli::parse()).and_then(|bytes| io::stdout().write_all(&bytes).map_err(|error| error.to_string()));
    match written {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("admit-qr: {message}");
            ExitCode::FAILURE
        }
    }
}

fn written(cli: &Cli) -> Result<Vec<u8>, String> {
    let format = match cli.format {
        Format::Svg => PictureFormat::Svg,
        Format::Png => PictureFormat::Png,
        Format::Pdf => {
            let layout = SheetLayout { paper: cli.paper, columns: cli.columns, rows: cli.rows };
            let cells: Vec<SheetCell> = cli.text.iter().map(|text| cell(cli, text)).collect();
            return sheet(&cli.title, layout, &cells).map_err(|error| error.detail);
        }
    };
    let [text] = cli.text.as_slice() else {
        return Err("a picture has one code; several need --format pdf".to_owned());
    };
    match picture(text, &cli.title, cli.purpose, format, Some(cli.size_pixels)).map_err(|error| error.detail)? {
        Picture::Text(text) => Ok(text.into_bytes()),
        Picture::Bytes(bytes) => Ok(bytes),
    }
}

fn cell(cli: &Cli, text: &str) -> SheetCell {
    // A short name under it: the whole of a long token fits nowhere.
    let readable = text.chars().take(26).collect();
    SheetCell { text: text.to_owned(), label: cli.title.clone(), readable, copies: cli.copies }
}
