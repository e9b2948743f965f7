//! Raising admit's errors with their own SQLSTATEs.

use std::ffi::CString;

use admit_core::Error;
use pgrx::pg_sys;

/// Ends the call with a Postgres error: the catalogue's SQLSTATE, the detail as message, the
/// error's name as hint for people at a prompt.
pub fn raise(error: &Error) -> ! {
    let text = |text: &str| CString::new(text.replace('\0', " ")).unwrap_or_default();
    let message = text(&error.detail);
    let hint = text(&format!("Error {}: {}.", error.code.name(), error.code.title()));
    // SAFETY: ErrorData is plain old data for which all zeros are valid; ThrowErrorData copies
    // the strings before it raises, and both outlive the call.
    #[allow(unsafe_code, reason = "pgrx has no way to raise a SQLSTATE outside its closed list")]
    unsafe {
        let mut data: pg_sys::ErrorData = std::mem::zeroed();
        data.elevel = pgrx::PgLogLevel::ERROR as i32;
        data.sqlerrcode = sqlstate(error.code.sqlstate());
        data.message = message.as_ptr().cast_mut();
        data.hint = hint.as_ptr().cast_mut();
        pg_sys::ThrowErrorData(&raw mut data);
    }
    unreachable!("ThrowErrorData does not return")
}

/// The value of a successful command; an error is raised.
pub fn settle<T>(result: admit_core::Result<T>) -> T {
    match result {
        Ok(value) => value,
        Err(error) => raise(&error),
    }
}

/// Postgres packs a SQLSTATE six bits a character.
fn sqlstate(code: &str) -> i32 {
    code.bytes()
        .take(5)
        .enumerate()
        .fold(0, |packed, (index, byte)| packed | (i32::from(byte.wrapping_sub(b'0') & 0x3f) << (6 * index)))
}
