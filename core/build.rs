//! Turns `errors.csv` into the `ErrorCode` enum, so that the extension, the shim and the
//! documentation share one table.
use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

fn main() {
    println!("cargo:rerun-if-changed=errors.csv");
    let table = fs::read_to_string("errors.csv").expect("core/errors.csv is readable");
    let rows: Vec<Vec<&str>> = table.lines().skip(1).map(|line| line.splitn(4, ',').collect()).collect();
    let mut variants = String::new();
    let mut arms: [String; 4] = Default::default();
    for row in &rows {
        let [name, sqlstate, status, title] = row[..] else {
            panic!("errors.csv: a row has four fields: {row:?}");
        };
        let variant = camel_case(name);
        writeln!(variants, "/// {title}.\n{variant},").expect("a String takes writes");
        for (arm, value) in
            arms.iter_mut().zip([format!("{name:?}"), format!("{sqlstate:?}"), status.to_owned(), format!("{title:?}")])
        {
            writeln!(arm, "Self::{variant} => {value},").expect("a String takes writes");
        }
    }
    let all: String = rows.iter().map(|row| format!("Self::{},", camel_case(row[0]))).collect();
    let [names, sqlstates, statuses, titles] = arms;
    let code = format!(
        "/// Every error that admit raises: one row of `errors.csv` each.\n\
         #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]\npub enum ErrorCode {{\n{variants}}}\n\
         impl ErrorCode {{\n\
         /// All codes, in the table's order.\npub const ALL: &'static [Self] = &[{all}];\n\
         /// The stable name, e.g. `not_found`.\npub fn name(self) -> &'static str {{ match self {{ {names} }} }}\n\
         /// The five-character SQLSTATE of class `TK`.\npub fn sqlstate(self) -> &'static str {{ match self {{ {sqlstates} }} }}\n\
         /// The HTTP status that the shim answers with.\npub fn status(self) -> u16 {{ match self {{ {statuses} }} }}\n\
         /// One line for people, the same for every occurrence.\npub fn title(self) -> &'static str {{ match self {{ {titles} }} }}\n}}\n"
    );
    let out = env::var("OUT_DIR").expect("cargo sets OUT_DIR");
    fs::write(Path::new(&out).join("error_code.rs"), code).expect("OUT_DIR is writable");
}

fn camel_case(name: &str) -> String {
    name.split('_').map(|part| part[..1].to_uppercase() + &part[1..]).collect()
}
