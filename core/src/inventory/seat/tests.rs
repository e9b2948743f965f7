//! Rows are drawn as text; `picture` says what the characters mean.

mod choose;
mod layout;
mod map;
mod picture;
mod properties;
mod split;
mod stranding;
