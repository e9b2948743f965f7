//! A picture or sheet inside a JSON answer.

use data_encoding::BASE64;

use super::{Picture, PictureFormat};
use crate::message::{answers, words};

words! {
    /// How a file's bytes are written in JSON.
    pub enum FileEncoding {
        /// As they are: the file is text.
        Text => "text",
        /// In base64 (RFC 4648, section 4).
        Base64 => "base64",
    }
}

answers! {
    /// A picture or a printable sheet. Over HTTP the file itself comes where Accept names its media type.
    pub struct QrFile {
        /// What it is: image/svg+xml, image/png or application/pdf.
        pub media_type: String,
        /// How content is written: text or base64.
        pub encoding: FileEncoding,
        /// The file.
        pub content: String,
        /// A name to save it under.
        pub file_name: String,
    }
}

impl QrFile {
    /// The file of a picture; `stem` is its name without the ending.
    pub fn of_picture(picture: Picture, format: PictureFormat, stem: &str) -> Self {
        let (encoding, content) = match picture {
            Picture::Text(text) => (FileEncoding::Text, text),
            Picture::Bytes(bytes) => (FileEncoding::Base64, BASE64.encode(&bytes)),
        };
        let file_name = format!("{stem}.{}", format.as_str());
        Self { media_type: format.media_type().to_owned(), encoding, content, file_name }
    }

    /// The file of a sheet.
    pub fn of_sheet(pdf: &[u8], stem: &str) -> Self {
        Self {
            media_type: "application/pdf".to_owned(),
            encoding: FileEncoding::Base64,
            content: BASE64.encode(pdf),
            file_name: format!("{stem}.pdf"),
        }
    }

    /// The file's bytes; none when content is no base64.
    pub fn into_bytes(self) -> Option<Vec<u8>> {
        match self.encoding {
            FileEncoding::Text => Some(self.content.into_bytes()),
            FileEncoding::Base64 => BASE64.decode(self.content.as_bytes()).ok(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_come_back_as_they_were() {
        let bytes = vec![0x89, b'P', 0, 0xff];
        let png = QrFile::of_picture(Picture::Bytes(bytes.clone()), PictureFormat::Png, "ticket");
        assert_eq!((png.media_type.as_str(), png.file_name.as_str()), ("image/png", "ticket.png"));
        assert_eq!(png.clone().into_bytes(), Some(bytes.clone()));
        assert_eq!(QrFile { content: "\u{e9}".to_owned(), ..png }.into_bytes(), None);
        let svg = QrFile::of_picture(Picture::Text("<svg/>".to_owned()), PictureFormat::Svg, "ticket");
        assert_eq!((svg.encoding, svg.into_bytes()), (FileEncoding::Text, Some(b"<svg/>".to_vec())));
        assert_eq!(QrFile::of_sheet(&bytes, "codes").into_bytes(), Some(bytes));
    }
}
