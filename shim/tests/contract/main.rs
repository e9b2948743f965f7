//! What the shim promises without a database: every route is there, every failure is a problem
//! document, limits hold, documents are complete, and it stops when told.

mod client;
mod documents;
mod limits;
mod routes;
mod shutdown;
